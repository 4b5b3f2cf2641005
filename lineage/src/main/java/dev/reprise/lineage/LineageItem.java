package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Place;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How one value came to be: an operation over ordered input items, or a literal. Immutable but for
 * its key, which is computed at most once per thread, when first asked for.
 *
 * <p>48 bytes with up to three inputs; from the fourth on a further array of 16 + 4 n bytes. Usable
 * from any thread. Java equality is identity: compare values with {@link #sameAs}.
 *
 * <p>What a loop made may be held as a run instead (see {@link RunBuilder}); an item of a run
 * answers like any other.
 */
public sealed class LineageItem permits RunItem {
  private final Operation operation;
  private final LineageItem first;
  private final LineageItem second;
  // The third input, or all from the third on, or a literal's Scalar or Named, or a source's note.
  // An item of a run has neither an operation nor this.
  private final Object rest;
  // UNKNOWN for an item of a run whose height nobody has needed when it was made, COUNTED for a
  // literal that has height 0 and was counted.
  private final int height;
  // 0 means "not known yet", for each half by itself. Plain fields: whoever computes the key writes
  // the same two numbers, and a reader that sees one half only computes again. 64-bit virtual
  // machines, the only ones with our devices, write a long in one step.
  private long keyHigh;
  private long keyLow;

  /** The height of an item of a run that has not been computed yet. */
  static final int UNKNOWN = -1;

  private static final int COUNTED = -2;

  /** An item of a run. */
  LineageItem(int height) {
    this(null, null, null, null, height);
  }

  private LineageItem(
      Operation operation, LineageItem first, LineageItem second, Object rest, int height) {
    this.operation = operation;
    this.first = first;
    this.second = second;
    this.rest = rest;
    this.height = height;
  }

  /** A constant; equal numbers of different types are different values. */
  public static LineageItem literal(Scalar value) {
    return new LineageItem(null, null, null, Objects.requireNonNull(value), 0);
  }

  /**
   * A literal that a loop has counted: its variable, or what follows from it. The mark is no part
   * of the key: it says to who traces further that the number is one of this execution of the loop
   * anyway. So it is a part of the keys of calls and blocks, see {@link CompositeKey}.
   */
  public static LineageItem counted(Scalar value) {
    return new LineageItem(null, null, null, Objects.requireNonNull(value), COUNTED);
  }

  /** This literal, with its names, as one that a loop has counted. */
  public final LineageItem asCounted() {
    if (!isLiteral()) {
      throw new IllegalStateException("no literal: " + this);
    }
    if (isCounted()) {
      return this;
    }
    return rest instanceof Named named
        ? named.counted()
        : new LineageItem(null, null, null, rest, COUNTED);
  }

  /** The same value, as one that no loop has counted. */
  public final LineageItem asUncounted() {
    return isCounted() ? new LineageItem(null, null, null, rest, 0) : this;
  }

  /** A constant that a script gives names to: notes, as for {@link #leaf}; at least one. */
  public static LineageItem literal(Scalar value, List<LiteralName> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no name for " + value);
    }
    Named named = new Named(Objects.requireNonNull(value), List.copyOf(names));
    return new LineageItem(null, null, null, named, 0);
  }

  /** A literal with its notes. */
  private static final class Named {
    private final Scalar value;
    private final List<LiteralName> names;
    // One for each iteration that assigns the constant: loops know what they carry on by identity.
    // Two threads may make two of them.
    private LineageItem counted;

    Named(Scalar value, List<LiteralName> names) {
      this.value = value;
      this.names = names;
    }

    LineageItem counted() {
      LineageItem known = counted;
      if (known == null) {
        known = new LineageItem(null, null, null, this, COUNTED);
        counted = known;
      }
      return known;
    }
  }

  /**
   * Content that came from outside; the operation's attributes hold its fingerprint.
   *
   * @param note where it came from (a path, a variable's name), printed and used for replay, never
   *     part of the key; may be null
   */
  public static LineageItem leaf(Operation operation, String note) {
    return new LineageItem(Objects.requireNonNull(operation), null, null, note, 0);
  }

  /** For {@link TraceCut}: an item whose key is known and follows from nothing that it holds. */
  static LineageItem cut(Operation operation, Key key, int height) {
    LineageItem item = new LineageItem(operation, null, null, null, height);
    item.setKey(key.high(), key.low());
    return item;
  }

  public static LineageItem of(Operation operation) {
    return new LineageItem(Objects.requireNonNull(operation), null, null, null, 0);
  }

  public static LineageItem of(Operation operation, LineageItem first) {
    return new LineageItem(Objects.requireNonNull(operation), first, null, null, above(first));
  }

  public static LineageItem of(Operation operation, LineageItem first, LineageItem second) {
    int height = Math.max(above(first), above(second));
    return new LineageItem(Objects.requireNonNull(operation), first, second, null, height);
  }

  public static LineageItem of(
      Operation operation, LineageItem first, LineageItem second, LineageItem third) {
    int height = Math.max(above(first), Math.max(above(second), above(third)));
    return new LineageItem(Objects.requireNonNull(operation), first, second, third, height);
  }

  /** The general form; the array is copied. */
  public static LineageItem of(Operation operation, LineageItem... inputs) {
    return switch (inputs.length) {
      case 0 -> of(operation);
      case 1 -> of(operation, inputs[0]);
      case 2 -> of(operation, inputs[0], inputs[1]);
      case 3 -> of(operation, inputs[0], inputs[1], inputs[2]);
      default -> ofMany(operation, inputs);
    };
  }

  private static LineageItem ofMany(Operation operation, LineageItem[] inputs) {
    int height = 0;
    for (LineageItem input : inputs) {
      height = Math.max(height, above(input));
    }
    LineageItem[] rest = new LineageItem[inputs.length - 2];
    System.arraycopy(inputs, 2, rest, 0, rest.length);
    return new LineageItem(Objects.requireNonNull(operation), inputs[0], inputs[1], rest, height);
  }

  private static int above(LineageItem input) {
    return above(input.height());
  }

  /** The height of what is made of something of that height and nothing higher. */
  public static int above(int height) {
    return height == Integer.MAX_VALUE ? height : height + 1;
  }

  /** An item whose height nobody asks for: it answers for an item of a run. */
  static LineageItem view(Operation operation, String note, LineageItem[] inputs) {
    Objects.requireNonNull(operation);
    return switch (inputs.length) {
      case 0 -> new LineageItem(operation, null, null, note, UNKNOWN);
      case 1 -> new LineageItem(operation, inputs[0], null, null, UNKNOWN);
      case 2 -> new LineageItem(operation, inputs[0], inputs[1], null, UNKNOWN);
      case 3 -> new LineageItem(operation, inputs[0], inputs[1], inputs[2], UNKNOWN);
      default ->
          new LineageItem(
              operation,
              inputs[0],
              inputs[1],
              Arrays.copyOfRange(inputs, 2, inputs.length),
              UNKNOWN);
    };
  }

  /** The operation, or null for a literal. */
  public final Operation operation() {
    return isOfRun() ? ((RunItem) this).view().operation() : operation;
  }

  /** The opcode's name, {@code literal} for a literal. */
  public final String name() {
    Operation known = operation();
    return known == null ? "literal" : known.name();
  }

  public final boolean isLiteral() {
    return operation == null && rest != null;
  }

  /** True for a literal made by {@link #counted} or {@link #asCounted}. */
  public final boolean isCounted() {
    return height == COUNTED;
  }

  /** True for a {@link RunItem}; cheaper than asking for the class. */
  final boolean isOfRun() {
    return operation == null && rest == null;
  }

  /** The operation of an item that holds one itself; null for literals and items of runs. */
  final Operation ownOperation() {
    return operation;
  }

  /** The literal's value, or null when the item is no literal. */
  public final Scalar literalOrNull() {
    return operation == null ? literal() : null;
  }

  private Scalar literal() {
    return rest instanceof Named named ? named.value : (Scalar) rest;
  }

  /** The variables and parameters that a script assigns this literal to; may be none. */
  public final List<LiteralName> literalNames() {
    return rest instanceof Named named ? named.names : List.of();
  }

  /** Where a script has the operation, or null; never part of the key. */
  public final Place place() {
    Operation known = operation();
    return known == null ? null : known.place();
  }

  /** Where a source's content came from, or null. */
  public final String note() {
    if (isOfRun()) {
      return ((RunItem) this).view().note();
    }
    return first == null && rest instanceof String note ? note : null;
  }

  public final int inputCount() {
    if (isOfRun()) {
      return ((RunItem) this).view().inputCount();
    }
    if (second == null) {
      return first == null ? 0 : 1;
    }
    if (rest instanceof LineageItem[] others) {
      return 2 + others.length;
    }
    return rest == null ? 2 : 3;
  }

  /** The input at a zero-based position. */
  public final LineageItem input(int position) {
    if (isOfRun()) {
      return ((RunItem) this).view().input(position);
    }
    LineageItem input =
        switch (position) {
          case 0 -> first;
          case 1 -> second;
          default -> later(position);
        };
    if (input == null) {
      throw new IndexOutOfBoundsException(
          "input " + position + " of an item with " + inputCount() + " inputs");
    }
    return input;
  }

  private LineageItem later(int position) {
    if (second == null || position < 0) {
      return null;
    }
    if (rest instanceof LineageItem[] others) {
      return position - 2 < others.length ? others[position - 2] : null;
    }
    return position == 2 ? (LineageItem) rest : null;
  }

  /** Longest way down to a leaf, 0 for leaves; stops counting at the largest int. */
  public final int height() {
    return height < 0 ? specialHeight() : height;
  }

  private int specialHeight() {
    return height == COUNTED ? 0 : ((RunItem) this).lateHeight();
  }

  /** The height that the item was made with. */
  final int heightOrUnknown() {
    return height;
  }

  /** The key as an object; {@link #keyHigh} and {@link #keyLow} allocate nothing. */
  public final Key key() {
    return new Key(keyHigh(), keyLow());
  }

  public final long keyHigh() {
    long known = keyHigh;
    while (known == 0) {
      computeKey();
      known = keyHigh;
    }
    return known;
  }

  public final long keyLow() {
    long known = keyLow;
    while (known == 0) {
      computeKey();
      known = keyLow;
    }
    return known;
  }

  /** True when both items stand for the same value: their keys are equal. */
  public final boolean sameAs(LineageItem other) {
    return RunItem.isSame(this, other)
        || (keyLow() == other.keyLow() && keyHigh() == other.keyHigh());
  }

  final void computeKey() {
    if (!tryComputeKey()) {
      DeepKey.compute(this);
    }
  }

  final boolean hasKey() {
    return keyHigh != 0 && keyLow != 0;
  }

  final void setKey(long high, long low) {
    keyHigh = high;
    keyLow = low;
  }

  /** Computes the key if all inputs have theirs; false, and nothing changed, if one has not. */
  final boolean tryComputeKey() {
    if (isOfRun()) {
      RunItem item = (RunItem) this;
      return item.run.keys.tryCompute(item);
    }
    KeyMixer mixer =
        operation == null ? KeyMixer.ofLiteral(literal()) : KeyMixer.ofOperation(operation);
    if (first != null && !first.mixInto(mixer)
        || second != null && !second.mixInto(mixer)
        || rest instanceof LineageItem third && !third.mixInto(mixer)
        || rest instanceof LineageItem[] others && !mixAll(others, mixer)) {
      return false;
    }
    mixer.finish();
    keyHigh = mixer.high();
    keyLow = mixer.low();
    return true;
  }

  private static boolean mixAll(LineageItem[] items, KeyMixer mixer) {
    for (LineageItem item : items) {
      if (!item.mixInto(mixer)) {
        return false;
      }
    }
    return true;
  }

  /** Reads each half once, so that what was checked is what is used. */
  private boolean mixInto(KeyMixer mixer) {
    long high = keyHigh;
    long low = keyLow;
    if (high == 0 || low == 0) {
      return false;
    }
    mixer.mix(high, low);
    return true;
  }

  /** One line for messages: the operation and the number of its inputs, not the whole trace. */
  @Override
  public final String toString() {
    if (isLiteral()) {
      return "literal " + literalOrNull().type().label() + " " + literalOrNull().asString();
    }
    return operation() + "(" + inputCount() + (inputCount() == 1 ? " input)" : " inputs)");
  }
}
