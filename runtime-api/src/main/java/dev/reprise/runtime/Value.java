package dev.reprise.runtime;

/**
 * What a variable of a program holds: a scalar, a matrix, a frame or a list. Immutable, usable from
 * any thread.
 *
 * <p>References are counted: a value is born with one reference that its maker owns. Whoever stores
 * it takes another with {@link #retain} and gives it back with {@link #release}. Values on the Java
 * heap ignore the count: scalars wholly, frames but for the fact that there is a second holder.
 */
public interface Value {

  /** {@return the kind of value, as messages name it} */
  ValueType type();

  /** {@return bytes that the value occupies, wherever it lives} */
  long bytes();

  /** {@return true while the value, or a part of it, is still being computed} */
  default boolean isPending() {
    return false;
  }

  /**
   * What there is of the value by now.
   *
   * @return the value itself, once it has come, in place of what it was promised by; until then and
   *     after a failure the promise. Borrowed from this
   */
  default Value settled() {
    return this;
  }

  /** Takes one more reference; the caller must hold one already. */
  default void retain() {}

  /**
   * Takes one more reference unless the value has already died.
   *
   * @return false when the count had reached zero; the value must not be used then
   */
  default boolean tryRetain() {
    return true;
  }

  /** Gives one reference back; at zero the memory returns to its pool. */
  default void release() {}

  /**
   * Whether the caller's reference is the only one, so that releasing it frees the memory.
   *
   * @return true when it is; values on the Java heap always say so
   */
  default boolean isExclusive() {
    return true;
  }
}
