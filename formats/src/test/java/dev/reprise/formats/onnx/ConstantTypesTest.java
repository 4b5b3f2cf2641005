package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Constants that nodes make of others are of a type, which divides and rounds as it does. */
class ConstantTypesTest {
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final int INT64 = 7;
  private static final int DOUBLE = 11;
  private static final List<Long> NUMBER = List.of();
  private static final List<Long> PAIR = List.of(2L);
  private static final Map<String, Object> TO_FLOAT = Map.of("to", 1L);
  private static final Map<String, Object> TO_WHOLE = Map.of("to", 7L);
  private static final Map<String, Object> OF_DIVIDEND = Map.of("fmod", 1L);

  private final TestModel model = new TestModel(-1, 2);

  /** What is added to each cell. */
  private double shift() {
    return model.then("Add", "y", "f").layers().getFirst().settings().get("shift").asDouble();
  }

  private double[] shifts() {
    return model.then("Add", "y", "c").layers().getFirst().weights().get("beta").cells();
  }

  @Test
  void floatsThatBecomeWholeAreDividedAsWholeNumbers() {
    model
        .typed("a", FLOAT, NUMBER, 7)
        .typed("two", INT64, NUMBER, 2)
        .beside("Cast", "w", TO_WHOLE, "a")
        .beside("Div", "d", Map.of(), "w", "two")
        .beside("Cast", "f", TO_FLOAT, "d");
    assertThat(shift()).isEqualTo(3);
  }

  @Test
  void anotherNameAndAnotherFloatKeepTheType() {
    model
        .typed("a", INT64, NUMBER, 7)
        .typed("two", FLOAT, NUMBER, 2)
        .beside("Identity", "i", Map.of(), "a")
        .beside("Cast", "w", TO_FLOAT, "i")
        .beside("Div", "f", Map.of(), "w", "two");
    assertThat(shift()).isEqualTo(3.5);
  }

  @Test
  void floatsAreRoundedBeforeTheyAreComparedOrMadeWhole() {
    model
        .typed("a", FLOAT, NUMBER, 10)
        .typed("k", FLOAT, NUMBER, (float) 0.7)
        .beside("Mul", "m", Map.of(), "a", "k")
        .beside("Floor", "f", Map.of(), "m");
    assertThat(shift()).isEqualTo(7);
    TestModel compared =
        new TestModel(-1, 2)
            .typed("a", FLOAT, NUMBER, 10)
            .typed("k", FLOAT, NUMBER, (float) 0.7)
            .typed("seven", FLOAT, NUMBER, 7)
            .beside("Mul", "m", Map.of(), "a", "k")
            .beside("Less", "l", Map.of(), "m", "seven")
            .beside("Cast", "f", TO_FLOAT, "l")
            .then("Add", "y", "f");
    assertThat(compared.layers().getFirst().settings().get("shift").asDouble()).isEqualTo(0);
  }

  @Test
  void extentsThatAreFloatsAreRoundedToo() {
    TestModel cut =
        new TestModel(-1, 10)
            .numbers("one", 1)
            .typed("k", FLOAT, NUMBER, (float) 0.7)
            .numbers("zero", 0)
            .beside("Shape", "s", Map.of(), "x")
            .beside("Gather", "w", Map.of(), "s", "one")
            .beside("Cast", "wf", TO_FLOAT, "w")
            .beside("Mul", "m", Map.of(), "wf", "k")
            .beside("Floor", "fl", Map.of(), "m")
            .beside("Cast", "e", TO_WHOLE, "fl")
            .then("Slice", "y", "zero", "e", "one");
    assertThat(cut.layers().getFirst().settings().get("to").asDouble()).isEqualTo(7);
  }

  @Test
  void doublesAreNotRounded() {
    model
        .typed("a", DOUBLE, NUMBER, 10)
        .typed("k", DOUBLE, NUMBER, (float) 0.7)
        .beside("Mul", "m", Map.of(), "a", "k")
        .beside("Floor", "f", Map.of(), "m");
    assertThat(shift()).isEqualTo(6);
  }

  @Test
  void aRangeIsAsLongAsItsFloatsSay() {
    // In doubles a third number would be below the bound.
    model
        .typed("a", FLOAT, NUMBER, -1e-8f)
        .typed("b", FLOAT, NUMBER, 2)
        .typed("by", FLOAT, NUMBER, 1)
        .beside("Range", "c", Map.of(), "a", "b", "by");
    assertThat(shifts()).containsExactly(-1e-8f, 1);
  }

  @Test
  void remaindersHaveTheSignThatIsStated() {
    model
        .typed("a", FLOAT, PAIR, -5.5, 5.5)
        .typed("b", FLOAT, PAIR, 3, -3)
        .beside("Mod", "c", OF_DIVIDEND, "a", "b");
    assertThat(shifts()).containsExactly(-2.5, 2.5);
    TestModel ofDivisor =
        new TestModel(-1, 2)
            .typed("a", INT64, PAIR, -5, 5)
            .typed("b", INT64, PAIR, 3, -3)
            .beside("Mod", "m", Map.of(), "a", "b")
            .beside("Cast", "c", TO_FLOAT, "m")
            .then("Add", "y", "c");
    assertThat(ofDivisor.layers().getFirst().weights().get("beta").cells()).containsExactly(1, -1);
  }

  static Stream<Arguments> otherNumbers() {
    return Stream.of(
        Arguments.of("Sub", UINT8, 1, UINT8, 2),
        Arguments.of("Add", UINT8, 255, UINT8, 1),
        Arguments.of("Pow", INT64, 2, FLOAT, -1),
        Arguments.of("Mul", INT64, 3e9, INT64, 3e9),
        Arguments.of("Div", INT64, 1, INT64, 0));
  }

  @ParameterizedTest
  @MethodSource("otherNumbers")
  void aNumberThatItsTypeHasNotIsNotComputed(
      String operator, int ofA, double a, int ofB, double b) {
    model
        .typed("a", ofA, NUMBER, a)
        .typed("b", ofB, NUMBER, b)
        .beside(operator, "c", Map.of(), "a", "b")
        .beside("Cast", "f", TO_FLOAT, "c")
        .then("Add", "y", "f")
        .isRefused("node \"c\" (" + operator + ") ");
  }

  @Test
  void aFloatBeyondWholeNumbersDoesNotBecomeOne() {
    model
        .typed("a", FLOAT, NUMBER, 1e30)
        .beside("Cast", "c", Map.of("to", 6L), "a")
        .beside("Cast", "f", TO_FLOAT, "c")
        .then("Add", "y", "f")
        .isRefused("node \"c\" (Cast) makes a constant one of type 6");
  }

  @Test
  void cellsOfEachExampleAreNotLookedUp() {
    model
        .typed("d", FLOAT, List.of(2L, 2L), 1, 2, 30, 40)
        .typed("i", INT64, List.of(2L, 1L), 1, 0)
        .beside("GatherND", "c", Map.of("batch_dims", 1L), "d", "i")
        .then("Add", "y", "c")
        .isRefused("node \"c\" (GatherND) ");
  }
}
