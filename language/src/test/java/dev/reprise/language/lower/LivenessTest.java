package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.ProgramPrinter;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LivenessTest {

  @Test
  void temporaryIsReleasedByItsOnlyUse() {
    assertThat(print("x = 1\nprint(x * 2 + 1)"))
        .contains("_1 = *(x, 2)  ; release x")
        .contains("print(_2)  ; release _2");
  }

  @Test
  void variableReadAroundTheBackEdgeIsKept() {
    String text = print("x = rand()\nfor (i in 1:3) {\n  print(i + sum(x))\n}\nprint(9)");
    assertThat(text).contains("_2 = sum(x)\n").contains("print(9)  ; release x, i");
  }

  @Test
  void variableWrittenBeforeItIsReadInTheLoopIsReleasedInIt() {
    assertThat(print("for (i in 1:3) {\n  y = rand()\n  print(sum(y))\n}"))
        .contains("_2 = sum(y)  ; release y");
  }

  @Test
  void branchThatDoesNotReadTheVariableReleasesItFirst() {
    String text = print("x = rand()\nif (sum(x) > 1) { print(2) } else { print(sum(x)) }");
    assertThat(text).contains("print(2)  ; release x").contains("= sum(x)  ; release x");
  }

  @Test
  void variableThatOnlyOneOfTwoPathsReadsIsReleasedBehindThem() {
    String text = print("x = rand()\nif (nrow(x) > 1) { print(sum(x)) }\nprint(3)");
    assertThat(text).contains("print(3)  ; release x, ");
  }

  @Test
  void resultsOfAFunctionSurviveItsEnd() throws Exception {
    Procedure f =
        Scripts.compile("f = function(double a) return (double b) { b = a * 2 }\nprint(f(1))")
            .function("f");
    assertThat(ProgramPrinter.print(f)).contains("b = *(a, 2)  ; release a\n");
  }

  @Test
  void parforBodyKeepsWhatItSharesAndItsResults() {
    String text =
        print(
            """
            X = rand(rows=4)
            R = matrix(0, 4, 1)
            parfor (i in 1:4) { y = X[i, 1]; R[i, 1] = y }
            print(sum(R))
            """);
    assertThat(text)
        .contains("y = rightIndex(X, i, -, 1, -)\n")
        .contains("R = leftIndex(R, y, i, -, 1, -)  ; release i, y\n")
        .contains("_4 = sum(R)  ; release X, R");
  }

  @Test
  void existsKeepsTheVariableThatItAsksAbout() {
    assertThat(print("x = 1\nprint(exists(x))"))
        .contains("x = 1\n")
        .contains("= exists{slot=0, variable=x}()  ; release x\n");
  }

  @Test
  void noRandomProgramReadsAReleasedSlot() {
    for (int seed = 0; seed < 300; seed++) {
      String script = new RandomScript(new Random(seed)).text();
      Procedure main = Scripts.compile(script).main();
      for (int run = 0; run < 20; run++) {
        new Simulation(main, new Random(run), "seed " + seed + "\n" + script).run();
      }
    }
  }

  @Test
  void deepNestsAreAnalysedInOnePass() {
    int depth = 40;
    StringBuilder text = new StringBuilder("x = 1\n");
    for (int i = 0; i < depth; i++) {
      text.append("while (x > ").append(i).append(") {\n");
    }
    text.append("x = x + 1\n").append("}\n".repeat(depth));
    assertThat(print(text.toString())).contains("x = +(x, 1)");
  }

  private static String print(String text) {
    return ProgramPrinter.print(Scripts.compile(text).main());
  }

  /** Walks a procedure along random paths and fails when it reads a slot that holds nothing. */
  private static final class Simulation {
    private final Procedure procedure;
    private final Random random;
    private final String where;
    private final BitSet released = new BitSet();

    Simulation(Procedure procedure, Random random, String where) {
      this.procedure = procedure;
      this.random = random;
      this.where = where;
    }

    void run() {
      blocks(procedure.body());
    }

    private void blocks(List<Block> blocks) {
      for (Block block : blocks) {
        switch (block) {
          case Block.Straight straight -> straight.instructions().forEach(this::step);
          case Block.If choice -> {
            code(choice.predicate());
            blocks(random.nextBoolean() ? choice.then() : choice.otherwise());
          }
          case Block.While loop -> {
            code(loop.predicate());
            while (random.nextInt(3) > 0) {
              blocks(loop.body());
              code(loop.predicate());
            }
          }
          case Block.For loop -> loop(loop);
          case Block.ParFor loop -> loop(loop.loop());
        }
      }
    }

    private void loop(Block.For loop) {
      code(loop.from());
      code(loop.to());
      if (loop.step() != null) {
        code(loop.step());
      }
      for (int n = random.nextInt(4); n > 0; n--) {
        released.clear(loop.variable());
        blocks(loop.body());
      }
    }

    private void code(Block.Code code) {
      code.instructions().forEach(this::step);
      read(code.operand());
    }

    private void step(Instruction instruction) {
      BitSet inputs = new BitSet();
      BitSet outputs = new BitSet();
      Slots.addInputs(instruction, inputs);
      Slots.addOutputs(instruction, outputs);
      inputs.stream().forEach(this::read);
      released.andNot(outputs);
      for (int slot : instruction.releases()) {
        released.set(slot);
      }
    }

    private void read(int operand) {
      assertThat(operand >= 0 && released.get(operand))
          .as("slot %s is read after its release\n%s", operand, where)
          .isFalse();
    }
  }

  /** Statements over a handful of variables, nested a few levels deep. */
  private static final class RandomScript {
    private final Random random;
    private final StringBuilder text = new StringBuilder();

    RandomScript(Random random) {
      this.random = random;
    }

    String text() {
      text.append("a = 1\nb = 2\nc = 3\nd = 4\n");
      statements(0, 8);
      return text.toString();
    }

    private void statements(int depth, int count) {
      for (int i = random.nextInt(count); i >= 0; i--) {
        statement(depth);
      }
    }

    private void statement(int depth) {
      switch (depth > 3 ? 0 : random.nextInt(7)) {
        case 4 -> {
          text.append("if (").append(expression()).append(" > 1) {\n");
          statements(depth + 1, 3);
          text.append("} else {\n");
          if (random.nextBoolean()) {
            statements(depth + 1, 3);
          }
          text.append("}\n");
        }
        case 5 -> {
          text.append("while (").append(expression()).append(" > 1) {\n");
          statements(depth + 1, 3);
          text.append("}\n");
        }
        case 6 -> {
          text.append("for (i").append(depth).append(" in 1:").append(expression()).append(") {\n");
          statements(depth + 1, 3);
          text.append("}\n");
        }
        default -> text.append(variable()).append(" = ").append(expression()).append('\n');
      }
    }

    private String expression() {
      return switch (random.nextInt(3)) {
        case 0 -> variable();
        case 1 -> variable() + " * " + variable();
        default -> "sum(" + variable() + ") + " + random.nextInt(9);
      };
    }

    private String variable() {
      return String.valueOf("abcd".charAt(random.nextInt(4)));
    }
  }
}
