package dev.reprise.testkit;

import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Random scripts that are correct by construction: matrices of known shapes, scalars of every type,
 * lists, functions, branches, loops and parfor. The same seed gives the same script. Scripts print
 * what they compute, and compute exactly ({@link ExactMatrix}), so two runs, or two systems, are
 * equal when their outputs are.
 *
 * <p>Sizes straddle the cost gate on purpose, and expressions are drawn from few variables, so that
 * values recur and a cache has something to find.
 */
public final class ProgramGenerator {
  private static final int[] SIZES = {1, 3, 40, 90};
  private static final String FUNCTIONS =
      """
      gram = function(Matrix[Double] A, Double s) return (Matrix[Double] G, Double n) {
        G = floor((t(A) %*% A * s) %% 32)
        n = sum(G)
      }
      shift = function(Matrix[Double] A, Integer k) return (Matrix[Double] B) {
        B = A
        if (k > 0) { B = shift(A %% 16 + k, k - 1) }
      }
      pick = function(List[unknown] L, Integer i) return (Matrix[Double] M, Integer n) {
        n = length(L)
        M = as.matrix(L[i])
      }
      """;

  private final SplittableRandom random;
  private final List<ExactMatrix> matrices = new ArrayList<>();
  private int next;
  private int depth;

  private ProgramGenerator(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The script of a seed. */
  public static String script(long seed) {
    return program(seed).text();
  }

  /** The script of a seed as a tree. */
  public static RandomProgram program(long seed) {
    return new ProgramGenerator(seed).program();
  }

  private RandomProgram program() {
    List<Statement> program = new ArrayList<>();
    program.add(new Statement(List.of(FUNCTIONS.strip()), List.of()));
    program.add(Statement.simple("s = 1.5"));
    program.add(Statement.simple("k = 3"));
    program.add(Statement.simple("b = TRUE"));
    program.add(Statement.simple("w = \"w\""));
    for (int i = 0; i < 3; i++) {
      int rows = size();
      int cols = size();
      String data = "matrix(seq(1, " + rows * cols + "), rows=" + rows + ", cols=" + cols + ")";
      program.add(
          define(
              new ExactMatrix("(" + data + " * " + (2 * i + 3) + ") %% 11 - 4", rows, cols, 4, 0)));
    }
    int statements = 8 + random.nextInt(12);
    for (int i = 0; i < statements; i++) {
      program.addAll(statement());
    }
    for (ExactMatrix each : matrices) {
      program.add(print(each.text(), "sum(" + each.text() + ")"));
      if (each.rows() * each.cols() <= 9) {
        program.add(Statement.simple("print(toString(" + each.text() + "))"));
      }
    }
    program.add(Statement.simple("print(\"s \" + s + \" k \" + k + \" b \" + b + \" w \" + w)"));
    return new RandomProgram(program);
  }

  private List<Statement> statement() {
    return switch (random.nextInt(depth > 1 ? 9 : 15)) {
      case 0, 1, 2, 3, 4 -> List.of(define(any().combined(matrices, random)));
      case 5 -> List.of(scalar());
      case 6 -> List.of(scalar());
      case 7 -> List.of(leftIndexing());
      case 8 -> List.of(call());
      case 9 -> List.of(branch());
      case 10 -> List.of(loop());
      case 11 -> List.of(whileLoop());
      case 12 -> parallelLoop();
      case 13 -> list();
      default -> List.of(Statement.simple("while (FALSE) {}"));
    };
  }

  /** A new variable; outside of blocks others may use it. */
  private Statement define(ExactMatrix value) {
    String name = "M" + next++;
    if (depth == 0 && value.isSmall()) {
      matrices.add(
          new ExactMatrix(name, value.rows(), value.cols(), value.bits(), value.fraction()));
    }
    return Statement.simple(name + " = " + value.text());
  }

  private Statement scalar() {
    ExactMatrix a = any();
    return Statement.simple(
        switch (random.nextInt(10)) {
          case 0 -> "s = s / 2 + sum(" + a.text() + " %% 8)";
          case 1 -> "s = floor(s) %% 32 + 0.25";
          case 2 -> "k = (k * 7 + " + random.nextInt(9) + ") %% 23";
          case 3 -> "k = k %/% 2 + nrow(" + a.text() + ")";
          case 4 -> "s = max(s, k) - min(k, 4)";
          case 5 -> "b = sum(" + a.text() + ") > s";
          case 6 -> "b = !b | (k %% 2 == 0)";
          case 7 -> "w = \"n\" + k";
          case 8 -> "s = as.scalar(" + a.text() + "[1, " + a.cols() + "]) + k";
          default -> "k = as.integer(s) %% 17 + 1";
        });
  }

  /** Keeps the bounds of the variable: what is written is as small as what was there. */
  private Statement leftIndexing() {
    ExactMatrix a = any();
    int row = 1 + random.nextInt(a.rows());
    int column = 1 + random.nextInt(a.cols());
    String name = a.text();
    return Statement.simple(
        switch (random.nextInt(4)) {
          case 0 -> name + "[" + row + ", " + column + "] = 1";
          case 1 -> name + "[" + row + ", ] = " + name + "[1, ]";
          case 2 -> name + "[, " + column + "] = " + name + "[, " + a.cols() + "]";
          default -> name + "[1:" + row + ", " + column + "] = matrix(0, rows=" + row + ", cols=1)";
        });
  }

  private Statement call() {
    ExactMatrix a = any();
    if (random.nextBoolean()) {
      String text = "shift(" + a.text() + ", " + random.nextInt(4) + ")";
      int bits = Math.max(a.bits(), 6);
      return define(new ExactMatrix(text, a.rows(), a.cols(), bits, a.fraction()));
    }
    String name = "M" + next++;
    if (depth == 0) {
      matrices.add(new ExactMatrix(name, a.cols(), a.cols(), 5, 0));
    }
    return Statement.simple(
        "[" + name + ", n" + name + "] = gram(" + a.text() + ", s=" + random.nextInt(3) + ")");
  }

  private Statement branch() {
    ExactMatrix a = any();
    String condition =
        switch (random.nextInt(4)) {
          case 0 -> "sum(" + a.text() + ") > s";
          case 1 -> "b";
          case 2 -> "k %% 2 == 1 & !b";
          default -> "w == \"n3\" | s < 4";
        };
    return new Statement(
        List.of("if (" + condition + ") {", "} else {", "}"), List.of(block(), block()));
  }

  private Statement loop() {
    String i = "i" + next++;
    String range =
        switch (random.nextInt(4)) {
          case 0 -> "1:" + (1 + random.nextInt(4));
          case 1 -> (1 + random.nextInt(4)) + ":1";
          case 2 -> "seq(1, 7, 3)";
          default -> "seq(k, k + 2)";
        };
    List<Statement> body = block();
    body.add(Statement.simple("k = (k + " + i + ") %% 19"));
    return new Statement(List.of("for (" + i + " in " + range + ") {", "}"), List.of(body));
  }

  private Statement whileLoop() {
    String i = "i" + next++;
    List<Statement> body = block();
    body.add(Statement.simple(i + " = " + i + " + 1"));
    Statement loop =
        new Statement(
            List.of("while (" + i + " < " + (1 + random.nextInt(3)) + ") {", "}"), List.of(body));
    return new Statement(List.of(i + " = 0", ""), List.of(List.of(loop)));
  }

  /** Changes existing variables only: what follows must find every variable on every path. */
  private List<Statement> block() {
    return nested(() -> {
      List<Statement> body = new ArrayList<>();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        ExactMatrix a = any();
        if (random.nextInt(3) == 0) {
          body.add(scalar());
        } else if (random.nextBoolean()) {
          body.add(leftIndexing());
        } else {
          int wide = 1 << Math.min(a.bits(), 5);
          String step = random.nextBoolean() ? " + k" : " * 2 - s %/% 2";
          body.add(Statement.simple(a.text() + " = (" + a.text() + step + ") %% " + wide));
        }
      }
      return body;
    });
  }

  private List<Statement> parallelLoop() {
    ExactMatrix a = any();
    String i = "i" + next++;
    int count = 2 + random.nextInt(7);
    ExactMatrix result = new ExactMatrix("M" + next++, count, 2, 20, a.fraction() * 2);
    Statement before = Statement.simple(result.text() + " = matrix(0, rows=" + count + ", cols=2)");
    List<Statement> body =
        nested(() ->
            List.of(
                Statement.simple("g" + i + " = t(" + a.text() + ") %*% " + a.text() + " %% 64"),
                Statement.simple("h" + i + " = g" + i + " + " + i),
                Statement.simple(result.text() + "[" + i + ", 1] = sum(h" + i + ")"),
                new Statement(
                    List.of("if (" + i + " %% 2 == 0) {", "} else {", "}"),
                    List.of(
                        List.of(
                            Statement.simple(result.text() + "[" + i + ", 2] = max(g" + i + ")")),
                        List.of(Statement.simple(result.text() + "[" + i + ", 2] = -" + i))))));
    String options = random.nextBoolean() ? ", par=" + (1 + random.nextInt(4)) : ", check=0";
    Statement loop =
        new Statement(
            List.of("parfor (" + i + " in 1:" + count + options + ") {", "}"), List.of(body));
    matrices.add(result);
    return List.of(before, loop);
  }

  private List<Statement> list() {
    ExactMatrix a = any();
    ExactMatrix b = any();
    String list = "L" + next++;
    String name = "M" + next++;
    boolean first = random.nextBoolean();
    ExactMatrix picked = first ? a : b;
    matrices.add(
        new ExactMatrix(name, picked.rows(), picked.cols(), picked.bits(), picked.fraction()));
    return List.of(
        Statement.simple(list + " = list(" + a.text() + ", k)"),
        Statement.simple(list + " = append(" + list + ", " + b.text() + ")"),
        Statement.simple(
            "[" + name + ", n" + name + "] = pick(" + list + ", " + (first ? 1 : 3) + ")"),
        print(list, "length(" + list + ")"));
  }

  private static Statement print(String label, String value) {
    return Statement.simple("print(\"" + label + " \" + " + value + ")");
  }

  private <T> T nested(Supplier<T> body) {
    depth++;
    T made = body.get();
    depth--;
    return made;
  }

  private ExactMatrix any() {
    return matrices.get(random.nextInt(matrices.size()));
  }

  private int size() {
    return SIZES[random.nextInt(SIZES.length)];
  }
}
