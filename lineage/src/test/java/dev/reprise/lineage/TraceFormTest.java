package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.OperationTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceFormTest {

  private static String print(Trace trace) throws IOException {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(trace, text);
    return text.toString();
  }

  /** Through UTF-8 bytes, as a file would. */
  private static Trace parse(String text) throws IOException, TraceFormatException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return TraceReader.read(
        new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8),
        OperationTable.standard());
  }

  @Test
  void theFormIsReadable() throws IOException {
    LineageItem x = LineageItem.leaf(operation("read", "fingerprint", "12ab"), "data/X.csv");
    LineageItem product = LineageItem.of(operation("tsmm", "right", "true"), x);
    LineageItem scaled =
        LineageItem.of(operation("*"), product, LineageItem.literal(Scalar.of(0.001)));
    LineageItem rest = LineageItem.of(operation("%%"), scaled, product);
    assertThat(print(Trace.of(rest)))
        .isEqualTo(
            """
            reprise-lineage 1
            %1 = read{fingerprint=12ab} @ "data/X.csv"
            %2 = tsmm{right=true} %1
            %3 = literal double 0.001
            %4 = * %2 %3
            %5 = %% %4 %2
            return %5
            """);
  }

  @Test
  void namedOutputsKeepNameAndOrder() throws Exception {
    Map<String, LineageItem> outputs = new LinkedHashMap<>();
    outputs.put("B", literal(2));
    outputs.put("%1 = odd", literal(1));
    outputs.put("again", literal(2));
    String text = print(Trace.of(outputs));
    assertThat(text).endsWith("return B = %1, \"%1 = odd\" = %2, again = %1\n");
    Trace back = parse(text);
    assertThat(back.outputs().keySet()).containsExactly("B", "%1 = odd", "again");
    assertThat(back.outputs().get("%1 = odd").sameAs(literal(1))).isTrue();
    assertThat(back.output().sameAs(literal(2))).isTrue();
  }

  @Test
  void randomTracesReadBackWithEqualKeysNotesAndText() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      Trace trace = Trace.of(new RandomTraces(seed).next(200));
      String text = print(trace);
      Trace back = parse(text);
      assertThat(back.output().key()).as("seed %d", seed).isEqualTo(trace.output().key());
      assertThat(print(back)).as("seed %d", seed).isEqualTo(text);
      StructureCheck.verify(trace.output(), back.output());
      for (int i = 0; i < trace.size(); i++) {
        assertThat(back.item(i).note()).isEqualTo(trace.item(i).note());
      }
    }
  }

  @Test
  void everyItemIsPrintedOnceHoweverOftenItWasMade() throws IOException {
    LineageItem sum = LineageItem.of(operation("+"), literal(1), literal(1));
    LineageItem again = LineageItem.of(operation("+"), literal(1), literal(1));
    assertThat(TraceText.of(LineageItem.of(operation("*"), sum, again)))
        .isEqualTo("%1 = literal integer 1\n%2 = + %1 %1\n%3 = * %2 %2\nreturn %3\n");
  }

  @Test
  void commentsBlankLinesAndWindowsLineEndsAreRead() throws Exception {
    String text =
        "\r\n# made by hand\r\nreprise-lineage 1\r\n\r\n  %1 = literal integer 7  \r\n"
            + "return   %1\r\n# end\r\n\r\n";
    assertThat(parse(text).output().sameAs(literal(7))).isTrue();
  }

  @Test
  void aMillionDeepTraceReadsBack() throws Exception {
    LineageItem item = literal(0);
    for (int i = 0; i < 1_000_000; i++) {
      item = LineageItem.of(operation("+"), item, i % 3 == 0 ? item : literal(i % 100));
    }
    StringBuilder text = new StringBuilder();
    TraceWriter.write(Trace.of(item), text);
    Trace back = TraceReader.read(new StringReader(text.toString()), OperationTable.standard());
    assertThat(back.output().key()).isEqualTo(item.key());
    assertThat(back.output().height()).isEqualTo(1_000_000);
    StructureCheck.verify(back.output(), item);
  }

  @Test
  void exponentiallySharedItemsAreVisitedOnce() throws Exception {
    LineageItem item = literal(1);
    for (int i = 0; i < 10_000; i++) {
      item = LineageItem.of(operation("*"), item, item);
    }
    Trace trace = Trace.of(item);
    assertThat(trace.size()).isEqualTo(10_001);
    StructureCheck.verify(item, parse(print(trace)).output());
  }
}
