package dev.reprise.runtime.cpu.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Memory that holds machine code, of Linux: written first, then made executable and never writable
 * again. It goes when nobody has it any more; a call of the code has it.
 */
final class ExecutableMemory {
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private ExecutableMemory() {}

  /** What the processor can do, as Linux names it; looked at once. */
  private static final class Processor {
    static final Set<String> FLAGS = find();

    /** None of other systems, and of other processors than x86-64. */
    private static Set<String> find() {
      try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
        return lines
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .map(line -> Set.copyOf(Arrays.asList(line.split("\\s+"))))
            .orElse(Set.of());
      } catch (IOException | UncheckedIOException e) {
        return Set.of();
      }
    }
  }

  /** Whether the machine has the instructions that code here consists of. */
  static boolean canBeRun() {
    return Processor.FLAGS.containsAll(List.of("avx2", "fma"));
  }

  /** Whether it also has those of registers of 64 bytes. */
  static boolean canBeRunIn64Bytes() {
    return canBeRun() && Processor.FLAGS.containsAll(List.of("avx512f", "avx512dq", "avx512vl"));
  }

  /**
   * Copies code to memory that may be executed.
   *
   * @return where it begins
   * @throws IOException when the system gives no such memory, as under some policies; none is kept
   */
  static MemorySegment holding(byte[] code) throws IOException {
    // No constant: here it is known whether linking is allowed. Critical, as calls of the code are,
    // so that the JVM has one handle for both; a call takes microseconds, and what it may wait for,
    // another thread that gives memory back, waits for no Java.
    MethodHandle call =
        Linker.nativeLinker().downcallHandle(CodeCall.SIX_LONGS, Linker.Option.critical(false));
    MemorySegment map = function("mmap");
    MemorySegment protect = function("mprotect");
    MemorySegment unmap = function("munmap");
    long at = call(call, map, 0, code.length, READ | WRITE, PRIVATE_ANONYMOUS, -1);
    if (at == -1) {
      throw new IOException("no memory for machine code");
    }
    MemorySegment memory = MemorySegment.ofAddress(at).reinterpret(code.length);
    memory.copyFrom(MemorySegment.ofArray(code));
    if ((int) call(call, protect, at, code.length, READ | EXECUTE, 0, 0) != 0) {
      boolean isKept = (int) call(call, unmap, at, code.length, 0, 0, 0) != 0;
      throw new IOException(
          "the system lets no memory be made executable" + (isKept ? ", nor given back" : ""));
    }
    // Of whole mappings giving back does not fail.
    return memory.reinterpret(
        code.length, Arena.ofAuto(), _ -> call(call, unmap, at, code.length, 0, 0, 0));
  }

  /** Calls a function of the system; its last argument, an offset where it has six, is 0. */
  private static long call(
      MethodHandle call, MemorySegment function, long a, long b, long c, long d, long e) {
    try {
      return (long) call.invokeExact(function, a, b, c, d, e, 0L);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static MemorySegment function(String name) throws IOException {
    return Linker.nativeLinker()
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new IOException("no " + name));
  }
}
