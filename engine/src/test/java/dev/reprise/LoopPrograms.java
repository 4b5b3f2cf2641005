package dev.reprise;

import java.util.Random;

/**
 * Random loops over scalars and small matrices, for tests of their traces: branches, aliases, other
 * kinds of values, writes into cells, calls, inner loops, seeds, large products and prints in some
 * of the iterations. The same seed gives the same loop. A variable that holds scalars at first may
 * hold a matrix later, and an iteration may fail.
 */
final class LoopPrograms {
  static final String[] SCALARS = {"a", "b", "c", "k", "m", "u"};
  static final String[] MATRICES = {"M", "N"};

  /** What the loops call. */
  static final String FUNCTION =
      "f = function(double x, integer r) return (double y) {\n"
          + "y = x\nfor (j in 1:r) { y = y * 0.5 + j; if (j == r - 3) y = y + x }\n}\n";

  /** What the loops start from; o, n, s, X and L are never written. */
  static final String DATA =
      "X = matrix(seq(1, 9), 3, 3) %% 5\nL = matrix(seq(1, 90000), 300, 300) %% 7\n"
          + "a = sum(X)\nb = max(X)\nc = a\nk = 3\nm = 0.5\nu = b\n"
          + "o = min(X)\nn = 7\ns = ceil(nrow(X) / 2)\nM = X + 1\nN = t(X)\n";

  private final Random random;
  private final StringBuilder text = new StringBuilder();
  private int inner;

  private LoopPrograms(long seed) {
    random = new Random(seed);
  }

  /** A loop whose variable is i. */
  static String loop(long seed) {
    return loop(seed, 40 + (int) (seed % 60));
  }

  static String loop(long seed, int iterations) {
    return loop(seed, 1, iterations);
  }

  /** The loop from one iteration to another. */
  static String loop(long seed, int from, int to) {
    LoopPrograms program = new LoopPrograms(seed);
    int statements = 1 + program.random.nextInt(6);
    for (int i = 0; i < statements; i++) {
      program.statement(0);
    }
    String body = program.text.toString();
    return switch ((int) (seed % 5)) {
      case 0 -> "i = " + from + "\nwhile (i <= " + to + ") {\n" + body + "i = i + 1\n}\n";
      case 1 -> "for (i in seq(" + 2 * from + ", " + 2 * to + ", 2)) {\n" + body + "}\n";
      case 2 -> "for (i in " + from + ":" + to + ") {\n" + body + "}\n";
      case 3 -> "for (i in seq(-0.5 * " + from + ", -0.5 * " + to + ", -0.5)) {\n" + body + "}\n";
      default -> "for (i in " + -from + ":" + -to + ") {\n" + body + "}\n";
    };
  }

  /** Prints all variables with their lineage. */
  static String shown() {
    StringBuilder text = new StringBuilder();
    for (String variable : SCALARS) {
      text.append("print(\"").append(variable).append(" \" + toString(").append(variable);
      text.append("))\nprint(lineage(").append(variable).append("))\n");
    }
    for (String variable : MATRICES) {
      text.append("print(toString(").append(variable).append("))\n");
      text.append("print(lineage(").append(variable).append("))\n");
    }
    return text.toString();
  }

  private String one(String... all) {
    return all[random.nextInt(all.length)];
  }

  private String operand() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> "i";
      case 2 -> "o";
      case 3 -> "n";
      case 4 -> "2";
      case 5 -> "s";
      case 6 -> "nrow(M)";
      default -> one(SCALARS);
    };
  }

  private void statement(int depth) {
    String target = one(SCALARS);
    String matrix = one(MATRICES);
    switch (random.nextInt(depth < 2 ? 26 : 18)) {
      case 0 -> add(target + " = " + one(SCALARS));
      case 1 -> add(target + " = " + random.nextInt(4));
      case 2 -> add(target + " = i * 3 - n");
      case 3 -> add(target + " = abs(" + operand() + ") / 2");
      case 4 -> add(target + " = o");
      case 5 -> add("t = a\na = b\nb = t");
      case 6 -> add(target + " = min(" + operand() + ", 9)");
      case 7 -> add(matrix + " = (" + one(MATRICES) + " * " + operand() + " + X) %% 13");
      case 8 -> add(matrix + "[" + (1 + random.nextInt(3)) + ", 2] = " + operand());
      case 9 -> add(target + " = as.scalar(" + matrix + "[1, " + (1 + random.nextInt(3)) + "])");
      case 10 -> add(target + " = sum(" + one(MATRICES) + " %*% " + one(MATRICES) + ") %% 17");
      case 11 -> add("T = M\nM = N\nN = T");
      case 12 -> add(matrix + " = t(" + one(MATRICES) + ")");
      case 13 -> add(matrix + " = rbind(" + one(MATRICES) + "[2:3, ], X[1, ])");
      case 18, 19, 20 -> branch(depth);
      case 21, 24 -> add("if (i %% 9 == 4) {\n" + rare(target, matrix) + "\n}");
      case 22, 25 ->
          add(
              "if ("
                  + (random.nextInt(4) > 0 ? "i == 49" : "TRUE")
                  + ") {\n"
                  + rare(target, matrix)
                  + "\n}");
      case 14 -> add(target + " = " + one("i", target) + one(" %% ", " * ") + one("s", "ncol(X)"));
      default ->
          add(target + " = (" + operand() + one(" + ", " - ", " %/% ") + operand() + ") * 0.5");
    }
  }

  /** What is not recorded, or changes what variables are. */
  private String rare(String target, String matrix) {
    String j = "j" + inner++;
    boolean fails = random.nextInt(4) == 0;
    return switch (random.nextInt(11)) {
      case 0 -> "print(lineage(" + one(SCALARS) + "))";
      case 1 -> "print(lineage(" + matrix + "))";
      case 2 -> target + " = f(" + target + ", 5)";
      case 3 -> "for (" + j + " in 1:3) { " + target + " = " + target + " * 0.25 + " + j + " }";
      case 4 -> matrix + " = " + matrix + " + rand(rows=3, cols=3)";
      case 5 -> target + " = sum(L %*% (L * " + operand() + ")) %% 101";
      case 6 -> target + " = " + matrix;
      case 7 -> fails ? target + " = as.integer(\"x\")" : "print(lineage(M))\nprint(i)";
      case 8 -> matrix + " = " + matrix + " %*% " + (fails ? "L" : "X");
      case 9 ->
          "while ("
              + target
              + " > 1 & "
              + target
              + " < 50) { "
              + target
              + " = "
              + target
              + " * 0.5 }";
      default -> target + " = toString(i) + \"s\"\n" + target + " = 2";
    };
  }

  private void branch(int depth) {
    text.append("if (")
        .append(
            switch (random.nextInt(6)) {
              case 0 -> "i %% 3 == 1";
              case 1 -> "i > 50";
              case 2 -> operand() + " > 1";
              case 3 -> "as.scalar(M[1, 1]) > 3";
              case 4 -> "i %% 2 == 0 & " + operand() + " < 4";
              default -> "i == 41";
            })
        .append(") {\n");
    statement(depth + 1);
    text.append("} else {\n");
    statement(depth + 1);
    text.append("}\n");
  }

  private void add(String statement) {
    text.append(statement).append('\n');
  }
}
