package dev.reprise.engine.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.engine.device.LateNumbers;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import org.junit.jupiter.api.Test;

class OperationInputsTest {
  private final Handle number = new Handle(null, Meta.DOUBLE);
  private final Value[] inputs = {number};

  private void come() {
    // What an accelerator has is there before the number is.
    number.accompany(Scalar.of(1));
    number.complete(Scalar.of(2));
  }

  @Test
  void aNumberThatAnAcceleratorHasIsToComeThoughItIsThere() {
    come();
    assertThat(OperationInputs.resolve(null, inputs, LateNumbers::isLate)).isTrue();
    assertThat(inputs).containsExactly(number);
  }

  /** Else what is launched with it would go by which of the two looks it came between. */
  @Test
  void aNumberThatComesWhileItIsLookedAtIsStillToCome() {
    boolean pending =
        OperationInputs.resolve(
            null,
            inputs,
            value -> {
              boolean isLate = LateNumbers.isLate(value);
              come();
              return isLate;
            });
    assertThat(pending).isTrue();
    assertThat(inputs).containsExactly(number);
  }

  @Test
  void aNumberThatNoAcceleratorHasIsReplacedByItsValue() {
    number.complete(Scalar.of(2));
    assertThat(OperationInputs.resolve(null, inputs, LateNumbers::isLate)).isFalse();
    assertThat(inputs).containsExactly(Scalar.of(2));
  }
}
