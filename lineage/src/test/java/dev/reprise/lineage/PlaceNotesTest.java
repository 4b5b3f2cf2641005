package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlaceNotesTest {
  private static String text(LineageItem output) {
    StringBuilder text = new StringBuilder();
    try {
      TraceWriter.write(Trace.of(output), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return text.toString();
  }

  private static Trace read(String text) throws Exception {
    return TraceReader.read(new StringReader(text), RandomTraces.TABLE);
  }

  private static LineageItem rate(String name, int line) {
    return LineageItem.literal(
        Scalar.of(0.1), List.of(new LiteralName(name, () -> "lm.dml:" + line)));
  }

  private static LineageItem example() {
    LineageItem x = LineageItem.leaf(operation("read", "fingerprint", "1"), "X.csv");
    LineageItem t = LineageItem.of(operation("t").at(() -> "lm.dml:3"), x);
    LineageItem r = LineageItem.of(operation("rev").at(() -> "lm.dml:3"), t);
    LineageItem scaled = LineageItem.of(operation("*").at(() -> "lm.dml:4"), r, rate("lr", 2));
    LineageItem sum = LineageItem.of(operation("+"), scaled, literal(1));
    return LineageItem.of(operation("-").at(() -> "a \"b\".dml:9"), sum, rate("reg", 1));
  }

  @Test
  void placesAndNamesAreWrittenAsCommentsOncePerLineOfTheScript() {
    assertThat(text(example()))
        .isEqualTo(
            """
            reprise-lineage 1
            %1 = read{fingerprint=1} @ "X.csv"
            #@ at "lm.dml:3"
            %2 = t %1
            %3 = rev %2
            #@ at "lm.dml:2" as "lr"
            #@ at "lm.dml:1" as "reg"
            %4 = literal double 0.1
            #@ at "lm.dml:4"
            %5 = * %3 %4
            %6 = literal integer 1
            #@ at ""
            %7 = + %5 %6
            #@ at "a \\"b\\".dml:9"
            %8 = - %7 %4
            return %8
            """);
  }

  @Test
  void whatIsWrittenIsReadBackWithItsNotes() throws Exception {
    String written = text(example());
    Trace back = read(written);
    assertThat(back.output().sameAs(example())).isTrue();
    assertThat(text(back.output())).isEqualTo(written);
    assertThat(back.item(1).place().text()).isEqualTo("lm.dml:3");
    assertThat(back.item(6).place()).isNull();
    assertThat(back.literalNames(3)).extracting(LiteralName::name).containsExactly("lr", "reg");
  }

  @Test
  void notesAreNoPartOfTheKey() throws Exception {
    String plain = text(example()).replaceAll("(?m)^#@.*\n", "");
    assertThat(read(plain).output().sameAs(example())).isTrue();
    assertThat(operation("t").at(() -> "lm.dml:3")).isEqualTo(operation("t"));
  }

  @Test
  void commentsThatOnlyLookLikeNotesAreComments() throws Exception {
    Trace trace =
        read(
            """
            reprise-lineage 1
            #@
            #@ at
            #@ at lm.dml
            #@ somewhere "x"
            #@ at "x" as
            #@ at "x" is "y"
            #@ at "x" as "y" too
            %1 = literal integer 1
            return %1
            """);
    assertThat(trace.output().literalNames()).isEmpty();
  }

  @Test
  void ofManyNamesForOneConstantTheFirstFewAreKept() {
    LineageItem[] all = new LineageItem[50];
    for (int i = 0; i < all.length; i++) {
      all[i] = rate("v" + i, i);
    }
    Trace trace = Trace.of(LineageItem.of(operation("list"), all));
    assertThat(trace.size()).isEqualTo(2);
    assertThat(trace.literalNames(0))
        .extracting(LiteralName::name)
        .containsExactly("v0", "v1", "v2", "v3");
  }
}
