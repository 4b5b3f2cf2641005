package dev.reprise.language.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlansTest {
  private static final String BEFORE =
      "X = rand()\nY = rand()\nZ = rand()\nv = rand()\nw = rand()\n";

  @Test
  void aProductWithItsOwnTransposeIsOnePassOverTheMatrix() {
    assertThat(plans("z = t(X) %*% (X %*% v)")).containsExactly("mmchain of 2: 3 operands");
    assertThat(plans("z = t(X) %*% (w * (X %*% v))"))
        .containsExactly("mmchain{with=*} of 3: 3 operands");
    assertThat(plans("z = t(X) %*% ((X %*% v) * w)"))
        .containsExactly("mmchain{with=*} of 3: 3 operands");
    assertThat(plans("z = t(X) %*% ((X %*% v) - w)"))
        .containsExactly("mmchain{with=-} of 3: 3 operands");
  }

  @Test
  void whatIsUsedElsewhereIsNotChained() {
    assertThat(plans("q = X %*% v\nz = t(X) %*% q + sum(q)")).isEmpty();
    assertThat(plans("z = t(X) %*% (X %*% v) + sum(X %*% v)")).isEmpty();
    assertThat(plans("z = t(X) %*% (Y %*% v)")).containsExactly("matmul of 2: 3 operands");
    assertThat(plans("z = t(X) %*% (w - (X %*% v))")).isEmpty();
  }

  @Test
  void productsOfProductsAreFlattened() {
    assertThat(plans("z = X %*% Y %*% Z %*% v")).containsExactly("matmul of 3: 4 operands");
    assertThat(plans("z = (X %*% Y) %*% (Z %*% v)")).containsExactly("matmul of 3: 4 operands");
    assertThat(plans("z = t(X) %*% Y %*% t(Z)")).containsExactly("matmul of 2: 3 operands");
    assertThat(plans("z = X %*% Y")).isEmpty();
  }

  /** Finding the order takes the third power of the factors. */
  @Test
  void veryManyFactorsAreFlattenedByTwoHundred() {
    assertThat(plans("z = X" + " %*% Y".repeat(450)))
        .containsExactly(
            "matmul of 199: 200 operands",
            "matmul of 199: 200 operands",
            "matmul of 52: 53 operands");
  }

  @Test
  void aCallBetweenTheProductsKeepsThemApart() {
    String f = "f = function(Matrix[Double] A) return (Matrix[Double] B) { B = A }\n";
    assertThat(plansOf(f + BEFORE + "z = (X %*% Y) %*% f(Z)\nprint(sum(z) + sum(v) + sum(w))"))
        .isEmpty();
  }

  @Test
  void aProductThatEveryIterationFindsAgainIsNotReordered() {
    String loop = "z = v\nfor (i in 1:9) { z = X %*% Y %*% z }";
    assertThat(plans(loop)).isEmpty();
    assertThat(plans("z = v\nfor (i in 1:9) { z = X %*% (Y %*% z) }")).hasSize(1);
  }

  @Test
  void theResultOfAProductIsNotTransposed() {
    assertThat(plans("z = t(t(X) %*% Y)")).containsExactly("matmul{ta=true} of 2: 2 operands");
    assertThat(plans("z = t(X %*% t(Y))")).containsExactly("matmul{tb=true} of 2: 2 operands");
    assertThat(plans("z = t(t(X) %*% t(Y))")).containsExactly("matmul of 2: 2 operands");
    assertThat(plans("z = t(X %*% Y)")).isEmpty();
    assertThat(plans("z = trace(X %*% Y)")).containsExactly("trace of 2: 2 operands");
  }

  @Test
  void whatIsAddedUpOfAProductNeedsNoProduct() {
    for (String sum : List.of("sum", "rowSums", "colSums")) {
      assertThat(plans("z = " + sum + "(X %*% Y)")).containsExactly(sum + " of 2: 2 operands");
      assertThat(plans("z = " + sum + "(t(X) %*% t(Y))"))
          .containsExactly(sum + " of 2: 2 operands");
      assertThat(plans("P = X %*% Y\nz = " + sum + "(P) + P")).isEmpty();
      assertThat(plans("z = " + sum + "(X %*% Y) + X %*% Y")).isEmpty();
      assertThat(plans("z = " + sum + "(X * Y)")).isEmpty();
      assertThat(plans("z = " + sum + "(sqrt(X) %*% Y)")).isEmpty();
    }
    assertThat(plans("z = max(X %*% Y)")).isEmpty();
    String script = BEFORE + "print(sum(t(X) %*% Y) + sum(rowSums(Y %*% t(Z)) / colSums(X %*% v)))";
    assertThat(Optimized.rewrites(script, Optimized.DEFAULT))
        .containsExactly(
            "6: sum of product: sum(t(X) %*% Y) -> colSums(t(X)) %*% rowSums(Y)",
            "6: sum of product: rowSums(Y %*% t(Z)) -> Y %*% rowSums(t(Z))",
            "6: sum of product: colSums(X %*% v) -> colSums(X) %*% v");
  }

  @Test
  void exactNumericsKnowNoPlans() {
    String script = BEFORE + "z = t(X) %*% (X %*% v)\nprint(sum(z) + sum(Y + Z + w))";
    assertThat(Optimized.rewrites(script, Optimized.EXACT)).isEmpty();
    assertThat(Optimized.rewrites(script, Optimized.DEFAULT))
        .containsExactly("6: product with its transpose: t(X) %*% (X %*% v) -> mmchain(X, v)");
  }

  private static List<String> plans(String statements) {
    return plansOf(
        BEFORE + statements + "\nprint(sum(z))\nprint(sum(X + Y + Z) + sum(v) + sum(w))");
  }

  private static List<String> plansOf(String script) {
    List<String> plans = new ArrayList<>();
    collect(Optimized.main(script).body(), plans);
    return plans;
  }

  private static void collect(List<Block> blocks, List<String> plans) {
    for (Block block : blocks) {
      if (block instanceof Block.For loop) {
        collect(loop.body(), plans);
      }
      if (block instanceof Block.Straight straight) {
        for (Instruction instruction : straight.instructions()) {
          if (instruction instanceof Instruction.Compute compute && !compute.plain().isEmpty()) {
            plans.add(
                compute.operation()
                    + " of "
                    + compute.plain().size()
                    + ": "
                    + compute.inputs().length
                    + " operands");
          }
        }
      }
    }
  }
}
