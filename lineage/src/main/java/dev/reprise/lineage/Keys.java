package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;

/** Keys of values whose items nobody has made: what an item of these parts would have. */
public final class Keys {
  private Keys() {}

  /** The key of the item of an operation over inputs with these keys. */
  public static Key of(Operation operation, Key... inputs) {
    KeyMixer mixer = KeyMixer.ofOperation(operation);
    for (Key input : inputs) {
      mixer.mix(input.high(), input.low());
    }
    mixer.finish();
    return new Key(mixer.high(), mixer.low());
  }

  /** The key of a literal's item. */
  public static Key ofLiteral(Scalar literal) {
    KeyMixer mixer = KeyMixer.ofLiteral(literal);
    mixer.finish();
    return new Key(mixer.high(), mixer.low());
  }
}
