package dev.reprise.runtime.cpu.code;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls of generated code, in two forms for all of it: the JVM makes a score of classes for each
 * form of a call, which takes 6 to 20 ms of a program's first second. So code that needs fewer
 * arguments gets others that it does not look at, and returns what nobody reads.
 *
 * <p>Calls are critical: they take microseconds, telling the JVM of one would cost a tenth of that,
 * and arrays of the heap stay where they are meanwhile. The JVM can stop no thread that is in one,
 * so a call should take well below a millisecond. Used only where {@linkplain
 * ExecutableMemory#canBeRun there is code}, since linking may be forbidden. Any thread.
 */
final class CodeCall {
  /** Of {@link #withLongs}: on x86-64 an int lies in the lower half of a long's register. */
  static final FunctionDescriptor SIX_LONGS =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private CodeCall() {}

  // Constants, so that the compiler makes a call of each instead of looking what it is; in classes
  // of their own, so that each is linked when it is first needed.

  private static final class OfLongs {
    static final MethodHandle CALL =
        Linker.nativeLinker().downcallHandle(SIX_LONGS, Linker.Option.critical(false));
  }

  private static final class OfSegments {
    static final MethodHandle CALL =
        Linker.nativeLinker()
            .downcallHandle(
                FunctionDescriptor.of(
                    JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.critical(true));
  }

  /**
   * Calls code with numbers, or addresses in native memory, which the JVM does not check.
   *
   * @return what the code leaves in the register of results, whether it means it or not
   */
  static long withLongs(
      MemorySegment code,
      long first,
      long second,
      long third,
      long fourth,
      long fifth,
      long sixth) {
    try {
      return (long) OfLongs.CALL.invokeExact(code, first, second, third, fourth, fifth, sixth);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /**
   * Calls code with two places, on the heap or not, and numbers.
   *
   * @return what the code does
   */
  static int withSegments(
      MemorySegment code,
      MemorySegment first,
      MemorySegment second,
      long third,
      long fourth,
      long fifth,
      long sixth) {
    try {
      return (int) OfSegments.CALL.invokeExact(code, first, second, third, fourth, fifth, sixth);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(Throwable e) {
    return new IllegalStateException("generated code failed", e);
  }
}
