package dev.reprise.language.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepeatableBlocksTest {
  private static final String BEFORE = "X = rand(rows=3, cols=3, seed=1)\nR = X\nk = sum(X)\n";

  private record Body(Procedure procedure, List<RepeatableBlocks.Part> parts) {
    int slot(String name) {
      return procedure.slotNames().indexOf(name);
    }

    List<RepeatableBlocks.Part> repeatable() {
      return parts.stream().filter(RepeatableBlocks.Part::repeatable).toList();
    }
  }

  /** The parts of a loop's body. */
  private static Body body(String body) {
    Procedure main =
        Scripts.compile(BEFORE + "for (i in 1:9) {" + body + "}\nprint(sum(R) + sum(X) + k)")
            .main();
    Block.For loop =
        (Block.For) main.body().stream().filter(b -> b instanceof Block.For).findFirst().get();
    return new Body(main, RepeatableBlocks.split(loop.body(), main, Set.of()));
  }

  @Test
  void effectsAndAssignedPartsCut() {
    Body body =
        body(
            "A = X + 1; B = A %*% A; k = sum(B); R[i * 2, 1] = k;"
                + "C = X + 2; D = C %*% C; k = sum(D); print(k + 1)");
    assertThat(body.parts())
        .extracting(RepeatableBlocks.Part::repeatable)
        .containsExactly(true, false, true, false);
  }

  @Test
  void togetherThePartsAreTheBody() {
    Body body =
        body("A = X + 1; B = A %*% A; k = sum(B); R[i * 2, 1] = k; if (k > 3) { print(k) }; k = 3");
    List<Instruction> instructions = new ArrayList<>();
    for (RepeatableBlocks.Part part : body.parts()) {
      for (Block block : part.blocks()) {
        if (block instanceof Block.Straight straight) {
          instructions.addAll(straight.instructions());
        }
      }
    }
    Block.For loop =
        (Block.For)
            body.procedure().body().stream().filter(b -> b instanceof Block.For).findFirst().get();
    List<Instruction> expected = new ArrayList<>();
    for (Block block : loop.body()) {
      if (block instanceof Block.Straight straight) {
        expected.addAll(straight.instructions());
      }
    }
    assertThat(instructions).isEqualTo(expected);
  }

  @Test
  void anIndexThatIsComputedForAnAssignmentStaysWithIt() {
    Body body = body("A = X + 1; B = A %*% A; k = sum(B); R[i * 2 + 1, 1] = k");
    BlockAccess access = BlockAccess.of(body.repeatable().getFirst().blocks());
    assertThat(access.reads()).containsExactly(body.slot("X"));
    assertThat(access.changes()).contains(body.slot("k")).doesNotContain(body.slot("R"));
  }

  @Test
  void whatEveryPathWritesBeforeItIsReadIsNoInput() {
    Body body =
        body(
            "if (i > 3) { a = 1; b = 2 } else { a = 2 }; c = X + a; R = c + k;"
                + "while (k < 3) { k = k + 1; d = k }");
    BlockAccess access = BlockAccess.of(body.repeatable().getFirst().blocks());
    assertThat(access.reads())
        .contains(body.slot("X"), body.slot("i"), body.slot("k"))
        .doesNotContain(body.slot("a"), body.slot("c"), body.slot("R"));
  }

  @Test
  void whatOnlySomePathsWriteAndSomebodyReadsIsAnInput() {
    Body body = body("if (i > 3) { R = X }; Y = R + 1; k = sum(Y %*% Y); print(k)");
    BlockAccess access = BlockAccess.of(body.repeatable().getFirst().blocks());
    assertThat(access.reads()).contains(body.slot("R"));
  }
}
