package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import dev.reprise.testkit.RandomProgram.Statement;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What scripts do in a training step besides training: branches on numbers, writes into weights,
 * variables of changing types, loops, products of bound matrices, failures. They read the names of
 * a step, and change {@code acc}, {@code lr} and weights.
 */
final class TrainingExtras {
  private final SplittableRandom random;

  TrainingExtras(SplittableRandom random) {
    this.random = random;
  }

  /** Between the gradients and the updates. */
  List<Statement> ofGradient(Weight weight) {
    String gradient = weight.gradient();
    return switch (random.nextInt(4)) {
      case 0 ->
          List.of(
              Statement.simple("q = sum(" + gradient + " ^ 2)"),
              block("if (q > 1) {", gradient + " = " + gradient + " / sqrt(q)"));
      case 1 ->
          List.of(Statement.simple(gradient + " = " + gradient + " + 0.01 * " + weight.name()));
      case 2 -> List.of(Statement.simple(gradient + " = min(max(" + gradient + ", -0.5), 0.5)"));
      default -> List.of(block("if (step %% 2 == 1) {", gradient + " = " + gradient + " * 0.5"));
    };
  }

  /** After the updates. */
  List<Statement> ofStep(Weight weight) {
    String name = weight.name();
    int row = 1 + random.nextInt(weight.rows());
    int column = 1 + random.nextInt(weight.cols());
    return switch (random.nextInt(19)) {
      case 0 -> lines("%s[%d, ] = %s[%d, ] * 0.5".formatted(name, row, name, row));
      case 1 -> lines("%s[%d, %d] = min(loss, 2) / 10".formatted(name, row, column));
      case 2 ->
          lines("%s[, %d] = matrix(0.1, rows=%d, cols=1)".formatted(name, column, weight.rows()));
      case 3 ->
          List.of(
              new Statement(
                  List.of("if (step %% 3 == 0) {", "} else {", "}"),
                  List.of(lines("lr = lr * 0.9"), lines("acc = acc * 0.9 + 1"))));
      case 4 -> lines("q = t(xb) %*% xb", noted("q"));
      case 5 -> lines("q = cbind(xb, matrix(1, rows=n, cols=1))", "q = t(q) %*% q", noted("q"));
      case 6 -> lines("q = cbind(xb, h0 * 2)", "q = q %*% t(q)", noted("q"));
      case 7 ->
          lines(
              "q = sum(" + name + ")",
              "q = list(" + name + ", q)",
              "q = as.matrix(q[1])",
              noted("q"));
      case 8 -> List.of(block("for (r in 1:3) {", noted("(" + name + " * r)")));
      case 9 ->
          List.of(
              Statement.simple("q = matrix(0, rows=n, cols=2)"),
              new Statement(
                  List.of("parfor (r in 1:n) {", "}"),
                  List.of(lines("q[r, 1] = sum(xb[r, ])", "q[r, 2] = max(h0[r, ]) * r"))),
              Statement.simple(noted("q")));
      case 10 -> List.of(block("if (loss > 1000) {", "stop(\"diverged in step \" + step)"));
      case 11 ->
          List.of(
              block("if (step == " + (2 + random.nextInt(9)) + ") {", "q = " + name + "[1:999, ]"));
      case 12 -> lines("metric(\"loss\", loss, step)", "progress(step, 100, \"loss\")");
      case 13 ->
          List.of(
              block(
                  "if (as.scalar(" + name + "[" + row + ", " + column + "]) > 0.05) {",
                  "acc = acc + 1",
                  name + " = " + name + " * 0.99"));
      case 14 -> lines("q = rand(rows=n, cols=1, min=0, max=1)", noted("(xb * q)"));
      case 15 -> lines("q = removeEmpty(target=xb * (xb > 0.5), margin=\"rows\")", noted("q"));
      case 16 -> lines("q = rbind(xb, h0[1, ])", "q = colSums(q) - colSums(xb)", noted("q"));
      case 17 -> {
        String half = String.valueOf(1 + weight.cols() / 2);
        yield lines(
            "q = " + name + "[, 1:" + half + "]",
            "q[1, 1] = 0.25",
            noted("q"),
            noted("t(q) %*% q"));
      }
      default ->
          List.of(
              Statement.simple("r = 1.0"),
              new Statement(
                  List.of("while (r > 0.1 & sum(" + name + " ^ 2) * r > 0.5) {", "r = r / 2 }"),
                  List.of(List.of())),
              Statement.simple(name + " = " + name + " * (0.5 + r / 2)"));
    };
  }

  /** Adds what a matrix has to {@code acc}, at most 1, so that it stays small. */
  static String noted(String matrix) {
    return "acc = acc + sum(" + matrix + ") / (1 + sum(abs(" + matrix + ")))";
  }

  private static List<Statement> lines(String... lines) {
    return List.of(lines).stream().map(Statement::simple).toList();
  }

  private static Statement block(String head, String... lines) {
    return new Statement(List.of(head, "}"), List.of(lines(lines)));
  }
}
