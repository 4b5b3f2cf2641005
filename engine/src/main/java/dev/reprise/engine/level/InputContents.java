package dev.reprise.engine.level;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.CountedNumbers;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.value.SmallContents;
import dev.reprise.lineage.CompositeKey;
import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;

/**
 * Keys of calls and blocks in which the contents of small inputs stand for how these came to be.
 * Two executions with one such key compute equal values, and their outputs have one history but for
 * the inputs. For that, the key says besides
 *
 * <ul>
 *   <li>which inputs are literals (those go by their own keys), and which of them a loop has
 *       counted: what is computed from literals is one;
 *   <li>which numbers follow from sizes, and in how many steps: with a number that a loop counts
 *       they make literals, too, unless these steps are too many ({@link CountedNumbers});
 *   <li>which inputs are one value: where a history has that, it is said of each of them.
 * </ul>
 *
 * Stateless.
 */
final class InputContents {
  private static final long SCALAR = 1;
  private static final long MATRIX = 2;
  private static final long NUMBER_OF_SIZES = 3;
  private static final int KIND_BITS = 2;

  private final SmallContents contents;

  InputContents(HostMemory memory) {
    this.contents = new SmallContents(memory);
  }

  /**
   * What an execution is asked for by.
   *
   * @param vary which inputs go by their contents
   */
  record Asked(Key key, boolean[] vary) {}

  /** Null when all inputs go by their history. */
  Asked of(int kind, Region region, Activation activation, LineageItem[] inputs) {
    Key[] keys = null;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] == null || inputs[i].isLiteral()) {
        continue;
      }
      Value value = activation.values[region.inputs()[i]];
      Key content = value == null ? null : contents.of(value.settled());
      if (content != null) {
        keys = keys == null ? new Key[inputs.length] : keys;
        keys[i] = ContentKeys.ofContent(kindOf(value, inputs, keys, i), content);
      }
    }
    if (keys == null) {
      return null;
    }
    boolean[] vary = new boolean[keys.length];
    for (int i = 0; i < keys.length; i++) {
      vary[i] = keys[i] != null;
      if (keys[i] == null && inputs[i] != null) {
        keys[i] = inputs[i].key();
      }
    }
    return new Asked(CompositeKey.of(kind, region.fingerprint(), inputs, keys), vary);
  }

  private static long kindOfNumber(LineageItem item) {
    long nodes = CountedNumbers.nodesOfSizes(item);
    return nodes == 0 ? SCALAR : NUMBER_OF_SIZES | nodes << KIND_BITS;
  }

  /** What it is, and which of the inputs before is the same value. */
  private static long kindOf(Value value, LineageItem[] inputs, Key[] keys, int input) {
    long kind = value.settled() instanceof Scalar ? kindOfNumber(inputs[input]) : MATRIX;
    for (int i = 0; i < input; i++) {
      if (keys[i] != null && inputs[i].sameAs(inputs[input])) {
        return kind | (i + 1L) << Byte.SIZE;
      }
    }
    return kind;
  }
}
