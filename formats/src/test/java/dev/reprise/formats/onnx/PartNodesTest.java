package dev.reprise.formats.onnx;

import static dev.reprise.formats.onnx.TestModel.CHANNELS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Steps, columns, channels and other parts of values. */
class PartNodesTest {
  @Test
  void aStepWhoseNumberIsComputedIsNotTheLast() {
    new TestModel(-1, -1, 4)
        .numbers("one", 1)
        .numbers("end", Integer.MAX_VALUE)
        .beside("Shape", "s", Map.of(), "x")
        .beside("Gather", "t", Map.of(), "s", "one")
        .then("Slice", "y", "t", "end", "one")
        .isRefused("node \"y\" (Slice) takes a part of a value");
  }

  private static TestModel recurrent() {
    return new TestModel(1, -1, 2)
        .constant("w", 1, 1, 3, 2)
        .constant("r", 1, 1, 3, 3)
        .then("RNN", "h", "w", "r");
  }

  /** All steps of a sequence of one step have one shape whichever is taken: a number is no step. */
  @Test
  void theLastNumberOfAStepIsNotTheLastStep() {
    TestModel model = recurrent().constant("last", -1, 1);
    List<Layer> number =
        model
            .numbers("axis", 1)
            .then("Squeeze", "s", "axis")
            .then("Gather", "g", Map.of("axis", 2L), "last")
            .then("Transpose", "y", Map.of("perm", List.of(1L, 0L, 2L)))
            .layers();
    assertThat(number).extracting(Layer::type).containsExactly("rnn", "last_step");
    assertThat(number.getFirst().settings().get("return_sequences").asBoolean()).isTrue();
    assertThat(number.getLast().settings().get("D").asLong()).isEqualTo(1);
  }

  /** As any other number of each step: by its position, from the end, or as a part. */
  @Test
  void theLastNumberOfEachStepIsAColumn() {
    TestModel steps = new TestModel(-1, 5, 4).constant("last", -1).numbers("three", 3);
    TestModel byNumber = steps.then("Gather", "y", Map.of("axis", 2L), "last");
    List<Layer> layers = byNumber.layers();
    assertThat(layers).extracting(Layer::type).containsExactly(Layer.EACH_STEP);
    Layer columns = layers.getFirst().branches().get(Layer.MAIN).getFirst();
    assertThat(columns.type()).isEqualTo(Layer.COLUMNS);
    assertThat(columns.settings().get("from").asLong()).isEqualTo(4);
    assertThat(columns.settings().get("to").asLong()).isEqualTo(4);
    for (long count : new long[] {5, -1}) {
      TestModel part =
          new TestModel(-1, count, 4).numbers("from", 3).numbers("to", 4).numbers("axis", 2);
      assertThat(part.then("Slice", "y", "from", "to", "axis").types())
          .containsExactly(Layer.EACH_STEP);
    }
  }

  /** One step, or numbers of all of them, is still the last step of a sequence. */
  @Test
  void theLastStepIsStillOne() {
    TestModel model = new TestModel(-1, 5, 4).constant("last", -1);
    assertThat(model.then("Gather", "y", Map.of("axis", 1L), "last").types())
        .containsExactly("last_step");
  }

  @Test
  void aPartHasOneOfEachBound() {
    for (String empty : List.of("from", "to", "axis", "step")) {
      TestModel model = new TestModel(-1, 6);
      for (String name : List.of("from", "to", "axis", "step")) {
        model.numbers(name, name.equals(empty) ? new long[0] : new long[] {1});
      }
      model
          .then("Slice", "y", "from", "to", "axis", "step")
          .isRefused("node \"y\" (Slice) takes a part of a value along several axes");
      model.beginAnew();
      model.beside("Shape", "s", Map.of(), "x");
      if (!empty.equals("axis")) {
        model
            .node("Slice", "y", Map.of(), List.of("s", "from", "to", "axis", "step"))
            .isRefused("node \"y\" (Slice)");
      }
    }
  }

  @Test
  void allExamplesMayBeTaken() {
    TestModel model = new TestModel(-1, 3).numbers("zero", 0).numbers("end", Long.MAX_VALUE);
    assertThat(model.then("Slice", "a", "zero", "end", "zero").then("Relu", "b").types())
        .containsExactly("relu");
    new TestModel(-1, 3)
        .numbers("zero", 0)
        .numbers("end", 1)
        .then("Slice", "y", "zero", "end", "zero")
        .isRefused("node \"y\" (Slice) takes some of the examples");
  }

  @Test
  void partsOfPartsAreTakenFromWhatTheyAreOf() {
    TestModel model =
        new TestModel(-1, 6).numbers("one", 1).numbers("three", 3).numbers("end", 1L << 40);
    model.numbers("five", 5).then("Slice", "a", "one", "five", "one");
    Layer part = model.then("Slice", "b", "one", "three", "one").layers().getFirst();
    assertThat(part.type()).isEqualTo("columns");
    assertThat(part.settings().get("from").asLong()).isEqualTo(3);
    assertThat(part.settings().get("to").asLong()).isEqualTo(4);
    model.beside("Slice", "c", Map.of(), "x", "one", "three", "one");
    model.beside("Slice", "d", Map.of(), "x", "three", "end", "one");
    Layer both = model.node("Concat", "y", CHANNELS, List.of("c", "d")).layers().getFirst();
    assertThat(both.type()).isEqualTo("columns");
    assertThat(both.settings().get("from").asLong()).isEqualTo(2);
    assertThat(both.settings().get("to").asLong()).isEqualTo(6);
    List<Layer> turned = model.node("Concat", "z", CHANNELS, List.of("d", "c")).layers();
    assertThat(turned).extracting(Layer::type).containsExactly("concat");
  }

  @Test
  void aPartOfWhatWasSideBySideIsWhatItWas() {
    TestModel model = new TestModel(-1, 2).then("Tanh", "t").beside("Relu", "r", Map.of(), "t");
    model.then("Concat", "c", CHANNELS, "r").numbers("one", 1).numbers("end", 1L << 40);
    model.numbers("two", 2).beside("Slice", "s", Map.of(), "c", "two", "end", "one");
    assertThat(model.node("Sigmoid", "y", Map.of(), List.of("s")).types())
        .containsExactly("tanh", "relu", "sigmoid");
  }

  @Test
  void partsAreOfKnownSizes() {
    TestModel model = new TestModel(-1, 6).numbers("sizes", 2, 3);
    model.isRefusedAsSplit("sizes", "cuts [6] into parts whose sizes are not known or do not fit");
    new TestModel(-1, 4, 4, 4)
        .numbers("sizes", 1, 3)
        .isRefusedAsSplit(2, "sizes", "that is neither columns or channels of a known size");
    new TestModel(-1, -1, 4)
        .numbers("one", 1)
        .numbers("three", 3)
        .then("Slice", "y", "one", "three", "one")
        .isRefused("node \"y\" (Slice) takes a part of a value of an open size");
  }
}
