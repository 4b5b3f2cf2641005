package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Products that are written as an equation. */
class EinsumNodesTest {
  private static TestModel of(String equation, String... more) {
    return new TestModel(-1, 3, 4)
        .constant("w", 0.5, 4, 5)
        .constant("each", 0.5, 3, 4, 2)
        .then("Einsum", "y", Map.of("equation", equation), more);
  }

  @Test
  void anEquationIsReadAsTheNodesThatItStandsFor() {
    assertThat(of("btd,df->btf", "w").types()).containsExactly("each_step");
    assertThat(of("btd->bdt").types()).containsExactly("transpose");
    assertThat(of("btd->bd").types()).containsExactly("reduce");
    assertThat(of("btd,bsd->bts", "x").types()).containsExactly("matmul");
    assertThat(of("btd,tdf->btf", "each").types()).containsExactly("matmul");
    assertThat(of("btd,btd->btd", "x").types()).containsExactly("product");
    assertThat(of("...d,df->...f", "w").types()).containsExactly("each_step");
    assertThat(of("...d,df", "w").types()).containsExactly("each_step");
    // What dots stand for stays, also where both have it, and comes first.
    assertThat(of("...d,...d", "x").types()).isEqualTo(of("btd,btd->bt", "x").types());
    assertThat(of("...d,...f", "x").types()).isEqualTo(of("btd,btf->btdf", "x").types());
  }

  @Test
  void scoresAndValuesOfEquationsAreAttention() {
    TestModel model =
        of("btd,bsd->bts", "x").then("Softmax", "p").then("Einsum", "z", sum("bts,bsd->btd"), "x");
    assertThat(model.types()).containsExactly("attention");
  }

  private static Map<String, Object> sum(String equation) {
    return Map.of("equation", equation);
  }

  @Test
  void whatLayersCannotDoIsRefused() {
    of("btd,bdt->bt", "x")
        .isRefused("node \"y\" (Einsum) (btd,bdt->bt) has different sizes of d, 4 and 3");
    new TestModel(-1, 3, 3)
        .then("Einsum", "y", sum("btt->bt"))
        .isRefused("takes a diagonal, t twice of one input");
    of("btd,csd->bcts", "x").isRefused("multiplies different examples");
    of("btd,bsd->ts", "x").isRefused("multiplies different examples");
    of("btd->td").isRefused("sums over examples");
    of("btd,df->btf").isRefused("does not say the extents of each input");
    of("bt,df->btf", "w").isRefused("does not say the extents of input 1, of which there are 3");
    of("btd,df->btg", "w").isRefused("puts out extents that there are not");
    of("btd,df->btff", "w").isRefused("or one of them twice");
    of("btd,ef->btf", "w").isRefused("sums over examples, or over extents of a constant");
    of("btd,df->btf", "none").isRefused("takes \"none\", which is neither a constant nor");
    new TestModel(-1, -1, 4)
        .then("Einsum", "y", sum("btd,bsd->bts"), "x")
        .isRefused("whose size is open; export the model with a fixed size there");
  }
}
