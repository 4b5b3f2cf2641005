package dev.reprise.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random scripts that are correct by construction: matrices of known shapes, scalars, functions,
 * branches, loops and parfor. The same seed gives the same script. Scripts print what they compute,
 * so two runs are equal when their outputs are.
 *
 * <p>Sizes straddle the cost gate on purpose, and expressions are drawn from few variables, so that
 * values recur and a cache has something to find.
 */
public final class ProgramGenerator {
  private static final int[] SIZES = {1, 3, 40, 90};

  private final SplittableRandom random;
  private final StringBuilder text = new StringBuilder();
  private final List<Variable> matrices = new ArrayList<>();
  private int next;
  private int depth;

  private record Variable(String name, int rows, int cols) {}

  private ProgramGenerator(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The script of a seed. */
  public static String script(long seed) {
    ProgramGenerator generator = new ProgramGenerator(seed);
    generator.program();
    return generator.text.toString();
  }

  public static RandomProgram program(long seed) {
    return new RandomProgram(script(seed).lines().map(RandomProgram.Statement::simple).toList());
  }

  private void program() {
    line("gram = function(Matrix[Double] A, Double s = 2) return (Matrix[Double] G, Double n) {");
    line("  G = (t(A) %*% A) * s");
    line("  n = sum(G)");
    line("}");
    line("shift = function(Matrix[Double] A, Integer k) return (Matrix[Double] B) {");
    line("  B = A");
    line("  if (k > 0) { B = shift(A + k, k - 1) }");
    line("}");
    line("s = 1.5");
    for (int i = 0; i < 3; i++) {
      int rows = size();
      int cols = size();
      String name = fresh();
      line(name + " = rand(rows=" + rows + ", cols=" + cols + ", min=-1, seed=" + i + ")");
      matrices.add(new Variable(name, rows, cols));
    }
    int statements = 8 + random.nextInt(10);
    for (int i = 0; i < statements; i++) {
      statement();
    }
    for (Variable variable : matrices) {
      line("print(\"" + variable.name + " \" + sum(" + variable.name + "))");
    }
    line("print(s)");
  }

  private void statement() {
    switch (random.nextInt(depth > 1 ? 6 : 10)) {
      case 0, 1, 2 -> define();
      case 3 -> line("s = s / 3 + sum(" + pick().name + ") / 100");
      case 4 -> {
        Variable a = pick();
        String name = fresh();
        line("[" + name + ", n" + name + "] = gram(" + a.name + ", s=" + random.nextInt(3) + ")");
        matrices.add(new Variable(name, a.cols, a.cols));
      }
      case 5 -> {
        Variable a = pick();
        line(a.name + "[1, 1] = s");
      }
      case 6 -> branch();
      case 7 -> loop();
      case 8 -> parallelLoop();
      default -> {
        Variable a = pick();
        String name = fresh();
        line(name + " = shift(" + a.name + ", " + random.nextInt(4) + ")");
        matrices.add(new Variable(name, a.rows, a.cols));
      }
    }
  }

  private void define() {
    Variable a = pick();
    String name = fresh();
    switch (random.nextInt(9)) {
      case 0 -> add(name, "t(" + a.name + ")", a.cols, a.rows);
      case 1 -> add(name, "t(" + a.name + ") %*% " + a.name, a.cols, a.cols);
      case 2 -> add(name, a.name + " %*% t(" + a.name + ")", a.rows, a.rows);
      case 3 -> add(name, "rowSums(" + a.name + ")", a.rows, 1);
      case 4 -> add(name, "colMeans(" + a.name + " * 2 - 1)", 1, a.cols);
      case 5 -> add(name, "exp(-abs(" + a.name + ")) + s", a.rows, a.cols);
      case 6 -> add(name, "cbind(" + a.name + ", " + a.name + " ^ 2)", a.rows, 2 * a.cols);
      case 7 -> {
        int to = 1 + random.nextInt(a.rows);
        add(name, a.name + "[1:" + to + ", ]", to, a.cols);
      }
      default -> {
        Variable b = pick();
        boolean fits = a.rows == b.rows && a.cols == b.cols;
        add(name, fits ? a.name + " - " + b.name : a.name + " > 0", a.rows, a.cols);
      }
    }
  }

  private void add(String name, String expression, int rows, int cols) {
    line(name + " = " + expression);
    if (rows * cols <= 40_000) {
      matrices.add(new Variable(name, rows, cols));
    }
  }

  private void branch() {
    Variable a = pick();
    line("if (sum(" + a.name + ") > s) {");
    nested(() -> line(a.name + " = " + a.name + " + 1"));
    line("} else {");
    nested(() -> line(a.name + " = " + a.name + " * 0.5"));
    line("}");
  }

  private void loop() {
    Variable a = pick();
    String i = "i" + next++;
    line("for (" + i + " in 1:" + (1 + random.nextInt(4)) + ") {");
    nested(() -> {
      line(a.name + " = " + a.name + " * 0.9 + " + i);
      line("s = s + sum(t(" + a.name + ") %*% " + a.name + ") / 1000");
    });
    line("}");
  }

  private void parallelLoop() {
    Variable a = pick();
    String i = "i" + next++;
    String result = fresh();
    int count = 2 + random.nextInt(7);
    line(result + " = matrix(0, " + count + ", 2)");
    line("parfor (" + i + " in 1:" + count + ", par=" + (1 + random.nextInt(4)) + ") {");
    nested(() -> {
      line("g = t(" + a.name + ") %*% " + a.name);
      line("h = g + " + i);
      line(result + "[" + i + ", 1] = sum(h)");
      line("if (" + i + " %% 2 == 0) { " + result + "[" + i + ", 2] = max(g) }");
    });
    line("}");
    matrices.add(new Variable(result, count, 2));
  }

  private void nested(Runnable body) {
    depth++;
    body.run();
    depth--;
  }

  private Variable pick() {
    return matrices.get(random.nextInt(matrices.size()));
  }

  private int size() {
    return SIZES[random.nextInt(SIZES.length)];
  }

  private String fresh() {
    return "M" + next++;
  }

  private void line(String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }
}
