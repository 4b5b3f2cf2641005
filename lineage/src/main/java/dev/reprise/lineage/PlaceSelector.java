package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.ProgramPlace.Kind;
import dev.reprise.lineage.ProgramPlace.Level;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the item that a person means in a trace whose loops stay loops: by number ({@code %12}), a
 * place in a loop ({@link ProgramPlace}), the name of an output, the path or name of an input, the
 * name of a constant, or an operation that occurs once.
 */
final class PlaceSelector {
  private static final Pattern PLACE =
      Pattern.compile("%([0-9]{1,9})((?:[$^?][0-9]{1,9}(?:@[0-9]{1,18})?)*)");
  private static final Pattern LEVEL = Pattern.compile("([$^?])([0-9]+)(?:@([0-9]+))?");

  private final TraceProgram program;
  private final ProgramItems items;

  PlaceSelector(TraceProgram program, ProgramItems items) {
    this.program = program;
    this.items = items;
  }

  static boolean isPlaceInLoop(String text) {
    Matcher matcher = PLACE.matcher(text);
    return matcher.matches() && !matcher.group(2).isEmpty();
  }

  /** What the program reads; equal content under one note once. */
  List<LoopQuery.Source> sources() {
    Found found = new Found(null);
    look(found);
    List<LoopQuery.Source> sources = new ArrayList<>();
    found.sources.forEach((item, place) -> sources.add(new LoopQuery.Source(text(place), item)));
    return sources;
  }

  /**
   * The one place that the text names, resolved.
   *
   * @throws IllegalArgumentException when there is none or several, saying what to try
   */
  ProgramPlace find(String text) {
    Matcher matcher = PLACE.matcher(text);
    if (matcher.matches()) {
      return resolved(numbered(text, Integer.parseInt(matcher.group(1)), matcher.group(2)), text);
    }
    Integer output = program.outputs().get(text);
    if (output != null) {
      return resolved(ProgramPlace.of(output), text);
    }
    List<ProgramPlace> found = matching(text);
    if (found.size() == 1) {
      return resolved(found.getFirst(), text);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no item is called '"
              + text
              + "'; give a number such as %1, a place in a loop such as %4^1@10 (variable 1 after"
              + " iteration 10), an output, the path of an input, the name of a constant or an"
              + " operation");
    }
    throw new IllegalArgumentException(
        "'" + text + "' stands for several items, say which: " + examples(found));
  }

  private ProgramPlace resolved(ProgramPlace place, String text) {
    ProgramPlace found = items.resolve(place);
    if (found == null) {
      throw new IllegalArgumentException(text + " has no value there");
    }
    return found;
  }

  // ---- places

  private ProgramPlace numbered(String text, int number, String rest) {
    int steps = program.steps().size();
    if (number < 1 || number > steps) {
      throw new IllegalArgumentException(
          "there is no item %" + number + "; the trace has %1 to %" + steps);
    }
    int step = number - 1;
    if (!(program.steps().get(step) instanceof TraceProgram.Loop loop)) {
      if (!rest.isEmpty()) {
        throw new IllegalArgumentException(
            "%" + number + " is no loop, so " + text + " is nothing");
      }
      return ProgramPlace.of(step);
    }
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(
          text
              + " is a loop: say which variable, as in "
              + text
              + "^1, or which operation of an"
              + " iteration, as in "
              + text
              + "$1@10");
    }
    ProgramPlace place = ProgramPlace.of(step);
    RunBody body = loop.body();
    Matcher levels = LEVEL.matcher(rest);
    while (levels.find()) {
      if (body == null) {
        throw new IllegalArgumentException(text + " goes on after an operation or variable");
      }
      Level level = level(levels, body);
      place = place.inner(level);
      boolean isLoop =
          level.kind() == Kind.NODE
              && body.patchAt(level.iteration()).nodes[level.index()] instanceof InnerRun;
      body =
          isLoop
              ? body.inner(
                  body.path.at(level.iteration()),
                  (InnerRun) body.patchAt(level.iteration()).nodes[level.index()],
                  level.iteration())
              : null;
    }
    if (body != null) {
      throw new IllegalArgumentException(
          text + " is a loop: say which variable, as in " + text + "^1");
    }
    return place;
  }

  private static Level level(Matcher level, RunBody body) {
    Kind kind = Kind.of(level.group(1).charAt(0));
    if (kind != Kind.VARIABLE && level.group(3) == null) {
      throw new IllegalArgumentException(
          level.group() + " is in every iteration: say which, as in " + level.group() + "@10");
    }
    long first = body.firstIteration + 1;
    long last = body.firstIteration + body.length();
    long iteration = level.group(3) == null ? last : Long.parseLong(level.group(3));
    if (iteration < first || iteration > last) {
      throw new IllegalArgumentException(
          "the loop has no iteration " + iteration + ", but " + first + " to " + last);
    }
    long at = iteration - first;
    Patch patch = body.patchAt(at);
    int number = Integer.parseInt(level.group(2));
    int most =
        switch (kind) {
          case VARIABLE -> patch.outputs.length;
          case NODE -> patch.size();
          case VALUE -> patch.values.length;
        };
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(
          "iteration "
              + iteration
              + " has no "
              + level.group(1)
              + number
              + "; there are "
              + most
              + " of them");
    }
    return new Level(kind, number - 1, at);
  }

  // ---- names

  /** Places of this note, name or opcode, in this order of preference; equal values once. */
  private List<ProgramPlace> matching(String text) {
    Found found = new Found(text);
    look(found);
    return !found.notes.isEmpty()
        ? List.copyOf(found.notes.values())
        : !found.names.isEmpty() ? List.copyOf(found.names.values()) : found.operations;
  }

  private void look(Found found) {
    for (int step = 0; step < program.steps().size(); step++) {
      switch (program.steps().get(step)) {
        case TraceProgram.Item item -> found.look(item.item(), ProgramPlace.of(step));
        case TraceProgram.Loop loop -> found.look(loop.body(), ProgramPlace.of(step), false);
        case TraceProgram.LoopResult _ -> {}
      }
    }
  }

  private static final class Found {
    private final String text;
    private final Map<Key, ProgramPlace> notes = new LinkedHashMap<>();
    private final Map<Key, ProgramPlace> names = new LinkedHashMap<>();
    private final List<ProgramPlace> operations = new ArrayList<>();
    private final Map<LineageItem, ProgramPlace> sources = new LinkedHashMap<>();

    Found(String text) {
      this.text = text;
    }

    void look(LineageItem item, ProgramPlace place) {
      if (PatchMatcher.isSource(item)
          && sources.keySet().stream().noneMatch(s -> PatchMatcher.isSameConstant(s, item))) {
        sources.put(item, place);
      }
      if (text == null) {
        return;
      }
      if (text.equals(item.note())) {
        notes.putIfAbsent(item.key(), place);
      } else if (item.isLiteral()) {
        if (item.literalNames().stream().anyMatch(name -> name.name().equals(text))) {
          names.putIfAbsent(item.key(), place);
        }
      } else if (isOperation(item.operation())) {
        operations.add(place);
      }
    }

    private boolean isOperation(Operation operation) {
      return operation.name().equals(text) || operation.scriptName().equals(text);
    }

    void look(RunBody body, ProgramPlace around, boolean isRepeated) {
      boolean several = isRepeated || body.length() > 1;
      for (int p = 0; p < body.patchCount(); p++) {
        Patch patch = body.patch(p);
        long first = body.firstUse(p);
        for (int v = 0; v < patch.values.length; v++) {
          if (patch.values[v].constant() != null) {
            look(patch.values[v].constant(), around.inner(new Level(Kind.VALUE, v, first)));
          }
        }
        for (int n = 0; n < patch.nodes.length; n++) {
          ProgramPlace place = around.inner(new Level(Kind.NODE, n, first));
          if (patch.nodes[n] instanceof InnerRun inner) {
            look(body.inner(p, inner, first), place, several);
          } else if (isOperation((Operation) patch.nodes[n])) {
            operations.add(place);
            if (several) {
              // Once for all iterations: the text names none of them.
              operations.add(place);
            }
          }
        }
      }
    }
  }

  private String examples(List<ProgramPlace> places) {
    List<String> texts = new ArrayList<>();
    for (ProgramPlace place : places.stream().distinct().limit(6).toList()) {
      texts.add(text(place));
    }
    return String.join(", ", texts) + (places.size() > texts.size() ? ", ..." : "");
  }

  private String text(ProgramPlace place) {
    StringBuilder text = new StringBuilder("%").append(place.step() + 1);
    for (int i = 0; i < place.levels().size(); i++) {
      Level level = place.levels().get(i);
      RunBody body = items.body(new ProgramPlace(place.step(), place.levels().subList(0, i + 1)));
      text.append(level.kind().sign).append(level.index() + 1);
      text.append('@').append(body.firstIteration + 1 + level.iteration());
    }
    return text.toString();
  }
}
