package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How assignments, functions and lists of weights are written in a script. */
final class TrainingText {
  private TrainingText() {}

  static Statement function(String name, String parameters, String results, List<Statement> body) {
    return new Statement(
        List.of(name + " = function(" + parameters + ") return (" + results + ") {", "}"),
        List.of(body));
  }

  /** Prints what tells weights apart, and the loss. */
  static List<Statement> report(List<Weight> weights) {
    List<Statement> lines = new ArrayList<>();
    for (Weight each : weights) {
      String name = each.name();
      lines.add(
          Statement.simple(
              "print(\""
                  + name
                  + " \" + sum(abs("
                  + name
                  + ")) + \" \" + sum(abs("
                  + name
                  + " + seq(1, "
                  + each.rows()
                  + ") / 10)) + \" \" + max(abs("
                  + name
                  + ")))"));
    }
    lines.add(Statement.simple("print(\"loss \" + loss + \" acc \" + acc)"));
    return lines;
  }

  static String parameters(List<Weight> weights) {
    return names(weights, each -> "Matrix[Double] " + each.name());
  }

  static String results(List<Weight> weights) {
    return parameters(weights) + ", Double loss, Double acc";
  }

  static String names(List<Weight> weights, Function<Weight, String> name) {
    return weights.stream().map(name).collect(Collectors.joining(", "));
  }

  static String packed(List<Weight> weights, Function<Weight, String> value) {
    return "list(" + names(weights, each -> each.name() + "=" + value.apply(each)) + ")";
  }

  /** Takes weights out of a list of the script. */
  static List<Statement> unpacked(List<Weight> weights, String list) {
    return weights.stream()
        .map(each -> assign(each.name(), "as.matrix(" + list + "[\"" + each.name() + "\"])"))
        .toList();
  }

  static Statement assign(String name, String value) {
    return Statement.simple(name + " = " + value);
  }

  /** Names and values in turns. */
  static List<Statement> assigned(String... namesAndValues) {
    List<Statement> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(assign(namesAndValues[i], namesAndValues[i + 1]));
    }
    return lines;
  }

  /**
   * The statements of a text whose blocks begin and end at the ends of lines; {@code @1} in it
   * stands for the first value, and so on.
   */
  static List<Statement> parsed(String text, String... values) {
    String filled = text;
    for (int i = values.length; i >= 1; i--) {
      filled = filled.replace("@" + i, values[i - 1]);
    }
    return block(
        new ArrayDeque<>(
            filled.lines().map(String::strip).filter(each -> !each.isEmpty()).toList()));
  }

  /** Takes the lines of a block, up to what ends it. */
  private static List<Statement> block(Deque<String> lines) {
    List<Statement> statements = new ArrayList<>();
    while (!lines.isEmpty() && !lines.getFirst().startsWith("}")) {
      statements.add(statement(lines));
    }
    return statements;
  }

  private static Statement statement(Deque<String> lines) {
    String line = lines.removeFirst();
    while (line.contains("= function(") && !line.endsWith("{")) {
      line += " " + lines.removeFirst();
    }
    List<String> fixed = new ArrayList<>(List.of(line));
    List<List<Statement>> blocks = new ArrayList<>();
    while (fixed.getLast().endsWith("{")) {
      blocks.add(block(lines));
      fixed.add(lines.removeFirst());
    }
    return new Statement(fixed, blocks);
  }
}
