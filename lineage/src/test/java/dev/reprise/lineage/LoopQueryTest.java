package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.LoopAnswer.Entry;
import dev.reprise.lineage.LoopAnswer.Iterations;
import dev.reprise.lineage.LoopAnswer.Level;
import dev.reprise.lineage.LoopAnswer.Part;
import dev.reprise.lineage.Patch.InnerRun;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Answers on loops are those on their items, in random programs of nested loops. */
class LoopQueryTest {
  private static final int PROGRAMS = 150;
  private static final int QUESTIONS = 6;

  private interface Check {
    void check(
        String what, Expansion expansion, LoopQuery query, TraceProgram program, Random random);
  }

  /** The same outputs as items, and questions to them. */
  private record Expansion(Trace trace, TraceQuery query) {}

  private static Map<String, LineageItem> outputs(LineageItem[] items) {
    Map<String, LineageItem> outputs = new LinkedHashMap<>();
    for (int i = 0; i < items.length; i++) {
      if (items[i] != null) {
        outputs.put("v" + i, items[i]);
      }
    }
    return outputs;
  }

  private static void inPrograms(Check check) {
    int withLoops = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      LoopPrograms programs = new LoopPrograms(seed);
      List<LoopPrograms.Statement> statements =
          seed % 3 == 0 ? programs.programWithCalls() : programs.program();
      Trace plain = Trace.of(outputs(LoopPrograms.execute(statements, false)));
      TraceProgram program = TraceProgram.of(outputs(LoopPrograms.execute(statements, true)));
      if (!program.hasLoops()) {
        continue;
      }
      withLoops++;
      Expansion expansion = new Expansion(plain, new TraceQuery(plain));
      Random random = new Random(seed);
      for (int i = 0; i < QUESTIONS; i++) {
        check.check("program " + seed, expansion, new LoopQuery(program), program, random);
      }
    }
    assertThat(withLoops).isGreaterThan(PROGRAMS / 3);
  }

  /** The name of a random item, half of the time one inside of a loop. */
  private static String place(TraceProgram program, Trace trace, Random random) {
    while (true) {
      String place = anyPlace(program, random);
      if (place != null && isUsed(place, program, trace)) {
        return place;
      }
    }
  }

  /** A patch is kept whole: some iterations may have computed what no output is made of. */
  private static boolean isUsed(String place, TraceProgram program, Trace trace) {
    try {
      return trace.indexOf(new LoopQuery(program).item(place)) >= 0;
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("has no value there");
      return false;
    }
  }

  private static String anyPlace(TraceProgram program, Random random) {
    while (true) {
      int step = random.nextInt(program.steps().size());
      switch (program.steps().get(step)) {
        case TraceProgram.Loop loop -> {
          String place = inside("%" + (step + 1), loop.body(), random);
          if (place != null) {
            return place;
          }
        }
        case TraceProgram.Item _ -> {
          if (random.nextInt(3) == 0) {
            return "%" + (step + 1);
          }
        }
        case TraceProgram.LoopResult _ -> {
          return "%" + (step + 1);
        }
      }
    }
  }

  private static String inside(String around, RunBody body, Random random) {
    long iteration = random.nextLong(body.length());
    Patch patch = body.patchAt(iteration);
    String at = "@" + (body.firstIteration + 1 + iteration);
    int nodes = patch.nodes.length;
    int variables = patch.outputs.length;
    int chosen = random.nextInt(nodes + variables);
    if (chosen >= nodes) {
      return patch.outputs[chosen - nodes] == Ref.ABSENT
          ? null
          : around + "^" + (chosen - nodes + 1) + at;
    }
    String node = around + "$" + (chosen + 1) + at;
    return patch.nodes[chosen] instanceof InnerRun inner
        ? inside(node, body.inner(body.path.at(iteration), inner, iteration), random)
        : node;
  }

  // ---- the keys that an answer stands for

  /** Columns of numbers are no inputs for the expansion, which knows no loops. */
  private static Set<Key> keys(LoopAnswer answer, LoopQuery query, boolean withColumns) {
    Set<Key> keys = new HashSet<>();
    answer.steps().forEach(step -> keys.add(query.item("%" + (step + 1)).key()));
    ProgramNumbers numbers = new ProgramNumbers(answer.program());
    for (Part part : answer.parts()) {
      Level outermost = part.levels().getFirst();
      int step = Integer.parseInt(outermost.loop().substring(1)) - 1;
      RunBody body = ((TraceProgram.Loop) answer.program().steps().get(step)).body();
      for (String place : places(outermost.loop(), body, part.levels(), numbers)) {
        int at = place.lastIndexOf('@');
        for (Entry entry : part.entries()) {
          if (withColumns || !entry.operation().equals("column")) {
            keys.add(query.item(place.substring(0, at) + entry.name() + place.substring(at)).key());
          }
        }
      }
    }
    return keys;
  }

  /** The iterations of the innermost level as {@code %4$3@10@5}: the entry's name goes before. */
  private static List<String> places(
      String prefix, RunBody body, List<Level> levels, ProgramNumbers numbers) {
    Level level = levels.getFirst();
    List<String> places = new ArrayList<>();
    long count = 0;
    for (Iterations span : level.iterations()) {
      for (long i = span.from(); i <= span.to(); i += span.step()) {
        long at = i - 1 - body.firstIteration;
        if (numbers.patch(body.patchAt(at)) != level.patch()) {
          continue;
        }
        count++;
        if (levels.size() == 1) {
          places.add(prefix + "@" + i);
        } else {
          String name = levels.get(1).loop();
          int node = Integer.parseInt(name.substring(1)) - 1;
          InnerRun inner = (InnerRun) body.patchAt(at).nodes[node];
          places.addAll(
              places(
                  prefix + name + "@" + i,
                  body.inner(body.path.at(at), inner, at),
                  levels.subList(1, levels.size()),
                  numbers));
        }
      }
    }
    assertThat(level.count()).as("iterations that took the path").isEqualTo(count);
    return places;
  }

  private static Set<Key> keys(List<LineageItem> items) {
    Set<Key> keys = new HashSet<>();
    items.forEach(item -> keys.add(item.key()));
    return keys;
  }

  @Test
  void ancestorsOnLoopsAreThoseOfTheItems() {
    inPrograms((what, expansion, query, program, random) -> {
      String place = place(program, expansion.trace, random);
      LineageItem item = query.item(place);
      assertThat(keys(query.ancestors(place), query, true))
          .as("%s, %s", what, place)
          .isEqualTo(keys(expansion.query.ancestors(item)));
    });
  }

  @Test
  void inputsOnLoopsAreThoseOfTheItems() {
    inPrograms((what, expansion, query, program, random) -> {
      String place = place(program, expansion.trace, random);
      LineageItem item = query.item(place);
      Set<Key> expected = keys(expansion.query.inputs(item));
      // Who asks knows the item itself.
      expected.remove(item.key());
      assertThat(keys(query.inputs(place), query, false))
          .as("%s, %s", what, place)
          .isEqualTo(expected);
    });
  }

  @Test
  void descendantsOnLoopsAreThoseOfTheItems() {
    inPrograms((what, expansion, query, program, random) -> {
      String place = place(program, expansion.trace, random);
      LineageItem item = query.item(place);
      LoopAnswer answer = query.descendants(place);
      assertThat(keys(answer, query, true))
          .as("%s, %s", what, place)
          .isEqualTo(keys(expansion.query.descendants(item)));
      assertThat(answer.outputs())
          .as("%s, %s", what, place)
          .isEqualTo(expansion.query.outputsReachedBy(item));
    });
  }

  @Test
  void whatALoopLeftOnTheWayIsReplayedWithoutItsItems() {
    inPrograms((what, expansion, query, program, random) -> {
      String place = place(program, expansion.trace, random);
      LineageItem item = query.item(place);
      KeyMachine machine = new KeyMachine();
      TraceProgram until = TraceProgram.of(Map.of(Trace.UNNAMED, item));
      assertThat(until.isTangled()).as("%s, %s", what, place).isFalse();
      KeyMachine.Counted value = ProgramReplay.first(until, machine);
      assertThat(value.key).as("%s, %s", what, place).isEqualTo(item.key());
      assertThat(machine.live()).as("%s, %s", what, place).isEqualTo(1);
    });
  }
}
