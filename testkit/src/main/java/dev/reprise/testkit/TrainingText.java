package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayList;
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
}
