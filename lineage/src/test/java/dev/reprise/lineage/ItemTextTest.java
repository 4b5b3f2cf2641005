package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Items by themselves as text, and back. */
class ItemTextTest {
  private static final LineageItem ONE = LineageItem.literal(Scalar.of(1.0));
  private static final LineageItem TWO = LineageItem.literal(Scalar.of(2L));

  private static final LineageItem ABSENT = LineageItem.literal(Scalar.absent());

  private static LineageItem of(String opcode, Map<String, String> attributes, LineageItem... in) {
    return LineageItem.of(
        new Operation(OperationTable.standard().get(opcode), Attributes.of(attributes)), in);
  }

  private static LineageItem read(String fingerprint, String path) {
    return LineageItem.leaf(
        new Operation(
            OperationTable.standard().get("read"), Attributes.of("fingerprint", fingerprint)),
        path);
  }

  private static LineageItem[] inputs(LineageItem item) {
    LineageItem[] inputs = new LineageItem[item.inputCount()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = item.input(i);
    }
    return inputs;
  }

  private static List<String> texts() {
    return List.of(
        "",
        "a b",
        "1",
        "TRUE",
        "say \"hi\"",
        "back\\slash",
        "two\nlines\r\tand a tab",
        "nothing\0at all",
        "\u00fc \u20ac \ud83d\ude00",
        "half \ud83d of one",
        " @ \"note\" {a=b, c=d}",
        "literal double 5",
        "x".repeat(5_000));
  }

  static Stream<LineageItem> items() {
    Stream<Scalar> numbers =
        Stream.of(
            Scalar.of(5.0),
            Scalar.of(0.1),
            Scalar.of(-0.0),
            Scalar.of(Double.NaN),
            Scalar.of(Double.NEGATIVE_INFINITY),
            Scalar.of(Double.MIN_VALUE),
            Scalar.of(1e300),
            Scalar.of(5L),
            Scalar.of(Long.MIN_VALUE),
            Scalar.of(true),
            Scalar.of(false),
            Scalar.of("absent"));
    Stream<LineageItem> literals =
        Stream.concat(
            Stream.of(ABSENT),
            Stream.concat(numbers, texts().stream().map(Scalar::of)).map(LineageItem::literal));
    Stream<LineageItem> operations =
        Stream.of(
            of("+", Map.of(), ONE, TWO),
            of("matmul", Map.of(), ONE, TWO),
            of("tsmm", Map.of("left", "true"), ONE),
            of("tsmm", Map.of("precision", "fp32", "b c", "d=e, \"f\" @ g}"), ONE),
            of("list", Map.of()),
            of("list", Map.of("names", "a,b"), ONE, TWO));
    Stream<LineageItem> sources =
        Stream.of("X.csv", "a b/\u00fc.csv", "C:\\data\\\"x\".csv", "a @ b")
            .map(path -> read("abc", path));
    return Stream.of(literals, operations, sources).flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("items")
  void anItemComesBackWithItsKeyAndItsNote(LineageItem item) {
    String text = ItemText.of(item);
    LineageItem again = new ItemReader().read(text, inputs(item), item.key());
    assertThat(again).isNotNull();
    assertThat(again.key()).isEqualTo(item.key());
    assertThat(again.note()).isEqualTo(item.note());
    assertThat(ItemText.of(again)).isEqualTo(text);
    assertThat(text.chars()).noneMatch(Character::isISOControl);
  }

  /** As versions before wrote it, without types and quotes. */
  @ParameterizedTest
  @MethodSource("items")
  void soDoesWhatOlderVersionsWroteUnlessItWasCut(LineageItem item) {
    String text =
        item.isLiteral()
            ? "literal " + item.literalOrNull().asString()
            : item.operation() + (item.note() == null ? "" : " @ " + item.note());
    boolean hasOddAttributes = text.contains("d=e, \"f\"");
    LineageItem again = new ItemReader().read(text, inputs(item), item.key());
    if (hasOddAttributes) {
      assertThat(again).isNull();
    } else {
      assertThat(again.key()).isEqualTo(item.key());
      assertThat(again.note()).isEqualTo(item.note());
    }
    boolean isText = item.isLiteral() && item.literalOrNull().type() == ValueType.STRING;
    if (isText || item.inputCount() > 0) {
      String cut = text.substring(0, text.length() - 1);
      assertThat(new ItemReader().read(cut, inputs(item), item.key())).isNull();
    }
  }

  @Test
  void whatHasAnotherKeyIsNothing() {
    ItemReader reader = new ItemReader();
    LineageItem sum = of("+", Map.of(), ONE, TWO);
    LineageItem[] turned = {TWO, ONE};
    assertThat(reader.read("+", turned, sum.key())).isNull();
    assertThat(reader.read("-", inputs(sum), sum.key())).isNull();
    assertThat(reader.read("+", new LineageItem[] {ONE}, sum.key())).isNull();
    assertThat(reader.read("literal integer 1", new LineageItem[0], ONE.key())).isNull();
    assertThat(reader.read("literal double 1.0", turned, ONE.key())).isNull();
    assertThat(reader.read("no such thing", turned, sum.key())).isNull();
    assertThat(reader.read("", turned, sum.key())).isNull();
    // A history that was given up is none.
    LineageItem cut = TraceCut.of(sum);
    assertThat(reader.read(ItemText.of(cut), new LineageItem[0], sum.key())).isNull();
  }

  @Test
  void aTextThatIsTooLongIsCutAndMakesNoItem() {
    for (String end : List.of("x", "\ud83d\ude00")) {
      for (int length = 8_150; length < 8_200; length++) {
        LineageItem item = LineageItem.literal(Scalar.of("y".repeat(length) + end + end));
        String text = ItemText.of(item);
        LineageItem again = new ItemReader().read(text, new LineageItem[0], item.key());
        assertThat(again == null).isEqualTo(text.endsWith("..."));
        assertThat(text.length()).isLessThanOrEqualTo(ItemText.LONGEST);
        assertThat(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .doesNotContain((byte) '?');
      }
    }
  }

  @Test
  void peopleAreShownValuesAndNames() {
    assertThat(shown(LineageItem.literal(Scalar.of(5L)))).isEqualTo("literal 5");
    assertThat(shown(LineageItem.literal(Scalar.of(0.5)))).isEqualTo("literal 0.5");
    assertThat(shown(LineageItem.literal(Scalar.of("a \"b\"\n\u001b"))))
        .isEqualTo("literal a \"b\"\\n\\u001b");
    assertThat(shown(read("abc", "d/X 1.csv"))).isEqualTo("read{fingerprint=abc} @ d/X 1.csv");
    assertThat(shown(of("tsmm", Map.of("left", "true"), ONE))).isEqualTo("tsmm{left=true}");
    assertThat(shown(LineageItem.literal(Scalar.of("x".repeat(9_000)))))
        .startsWith("literal xxx")
        .endsWith("xxx...")
        .hasSize(203);
    for (String old : List.of("literal 5", "literal a b", "read{a=b} @ X.csv", "...")) {
      assertThat(ItemText.forPeople(old)).isEqualTo(old);
    }
  }

  private static String shown(LineageItem item) {
    return ItemText.forPeople(ItemText.of(item));
  }
}
