package dev.reprise;

import java.util.Random;

/**
 * Random loops over matrices that are large enough for fused chains (E, F, V and Z), with small
 * ones (R, C) and scalars (a, b) among them: chains that end in a matrix or an aggregate, deferred
 * variables, members of another shape than their reader, products, aliases, branches, prints and
 * mistakes in some of the iterations. The same seed gives the same loop.
 */
final class FusedLoopPrograms {
  /** What the loops start from; W, o, L and Q are never written. */
  static final String DATA =
      "E = matrix(seq(1, 9000), 100, 90) %% 17 / 16\n"
          + "F = E * 0.5 + 1\n"
          + "Q = E %% 0.5\n"
          + "V = matrix(seq(1, 9000), 9000, 1) %% 13 / 13\n"
          + "Z = cbind(V, V + 1)\n"
          + "W = matrix(seq(1, 8100), 90, 90) %% 11 / 500\n"
          + "L = matrix(seq(1, 14400), 120, 120) %% 7\n"
          + "R = matrix(seq(1, 90), 1, 90) / 90\n"
          + "C = matrix(seq(1, 100), 100, 1) / 100\n"
          + "o = sum(R)\n"
          + "a = o\n"
          + "b = 2\n";

  static final String[] VARIABLES = {"E", "F", "V", "Z", "R", "C", "a", "b"};

  private final Random random;
  private final StringBuilder text = new StringBuilder();

  private FusedLoopPrograms(long seed) {
    random = new Random(seed);
  }

  /** A loop whose variable is i, from one iteration to another. */
  static String loop(long seed, int from, int to) {
    FusedLoopPrograms program = new FusedLoopPrograms(seed);
    int statements = 1 + program.random.nextInt(5);
    for (int i = 0; i < statements; i++) {
      program.statement(0);
    }
    return "for (i in " + from + ":" + to + ") {\n" + program.text + "}\n";
  }

  /** Prints all variables with their lineage. */
  static String shown() {
    StringBuilder shown = new StringBuilder();
    for (String variable : VARIABLES) {
      shown.append("print(\"").append(variable).append(" \" + sum(").append(variable);
      shown.append(") + \" \" + max(").append(variable);
      shown.append("))\nprint(lineage(").append(variable).append("))\n");
    }
    return shown.toString();
  }

  private String one(String... all) {
    return all[random.nextInt(all.length)];
  }

  private String number() {
    return one("i", "a", "b", "o", "2", "0.5");
  }

  private String full() {
    return one("E", "F", "Q");
  }

  private void statement(int depth) {
    String target = one("E", "F");
    switch (random.nextInt(depth < 2 ? 19 : 14)) {
      case 0 -> add(target + " = (" + full() + " * " + number() + " + F) %% 3 - " + number());
      case 1 -> add(target + " = exp(abs(E) * -0.01) - F / (1 + abs(" + number() + "))");
      case 2 -> add("a = sum((E - " + full() + ") ^ 2) %% 7 + i");
      case 3 -> add("T = E - R\n" + target + " = T * T * 0.1 %% 5 + C");
      case 4 -> add("b = mean(abs(" + full() + " - C) * " + number() + ") %% 5");
      case 5 -> add("G = colSums(E * 2 - " + full() + ")\nR = G %% 3");
      case 6 -> add(target + " = (" + full() + " + (R * 0.5 + R) * C) %% 4");
      case 7 -> add(target + " = " + full() + " * (E > " + number() + ") + (F < 0.5)");
      case 8 -> add("E = (E %*% W) * (1 - F ^ 2) %% 2");
      case 9 -> add("T = E\nE = F\nF = T");
      case 10 -> add("Z = (Z * (V + " + number() + ")) %% 3");
      case 11 -> add("Z = (Z - (V * 2 + " + number() + ")) %% 3\nV = V * 0.5 + 1");
      case 12 -> add("C = rowSums(Q * " + number() + " - E) %% 5");
      case 13 -> add("D = E * b + Q\nK = i * 2\nb = K + as.scalar(R[1, 2])\nF = (D - Q) %% 3");
      case 14, 15 -> branch(depth);
      default ->
          add(
              "if ("
                  + (random.nextInt(3) > 0 ? "i == 49" : "i %% 9 == 4")
                  + ") {\n"
                  + rare()
                  + "\n}");
    }
  }

  private String rare() {
    return switch (random.nextInt(8)) {
      case 0 -> "print(lineage(" + one("a", "b") + "))";
      case 1 -> "E = E * 2 - F\nprint(lineage(E))";
      case 2 -> "for (j in 1:3) { E = E * 0.25 + F * j }";
      case 3 -> "F = F * 0.5 + rand(rows=100, cols=90)";
      case 4 -> "a = sum(L %*% (L * " + number() + ")) %% 101";
      case 5 -> "b = sum(E %*% t(F * 2 + 1)) %% 5";
      case 6 -> random.nextInt(3) == 0 ? "E = E * 2 + F + L" : "E = Q";
      default -> "F = E * 2 + (Q - F)\nE[3, 4] = a";
    };
  }

  private void branch(int depth) {
    text.append("if (").append(one("i %% 3 == 1", "i > 50", number() + " > 1.2")).append(") {\n");
    statement(depth + 1);
    text.append("} else {\n");
    statement(depth + 1);
    text.append("}\n");
  }

  private void add(String statement) {
    text.append(statement).append('\n');
  }
}
