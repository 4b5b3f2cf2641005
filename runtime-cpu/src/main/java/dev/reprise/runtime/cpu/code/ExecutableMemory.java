package dev.reprise.runtime.cpu.code;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

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

  /** Whether the machine has the instructions that code here consists of. */
  static boolean canBeRun() throws IOException {
    // Of Linux; other processors than x86-64 have no such flags.
    Path processor = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(processor)) {
      return false;
    }
    for (String line : Files.readAllLines(processor)) {
      if (line.startsWith("flags")) {
        List<String> flags = Arrays.asList(line.split("\\s+"));
        return flags.contains("avx2") && flags.contains("fma");
      }
    }
    return false;
  }

  /**
   * Copies code to memory that may be executed.
   *
   * @return where it begins
   * @throws IOException when the system gives no such memory, as under some policies; none is kept
   */
  static MemorySegment holding(byte[] code) throws IOException {
    MethodHandle map =
        function(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    MethodHandle protect =
        function("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    MethodHandle unmap = function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    try {
      long at =
          (long) map.invokeExact(0L, (long) code.length, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
      if (at == -1) {
        throw new IOException("no memory for machine code");
      }
      MemorySegment memory = MemorySegment.ofAddress(at).reinterpret(code.length);
      memory.copyFrom(MemorySegment.ofArray(code));
      int failed = (int) protect.invokeExact(at, (long) code.length, READ | EXECUTE);
      if (failed != 0) {
        boolean isKept = (int) unmap.invokeExact(at, (long) code.length) != 0;
        throw new IOException(
            "the system lets no memory be made executable" + (isKept ? ", nor given back" : ""));
      }
      return memory.reinterpret(code.length, Arena.ofAuto(), _ -> unmap(unmap, at, code.length));
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void unmap(MethodHandle unmap, long at, long bytes) {
    try {
      // Of whole mappings this does not fail.
      int _ = (int) unmap.invokeExact(at, bytes);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor)
      throws IOException {
    Linker linker = Linker.nativeLinker();
    MemorySegment symbol =
        linker.defaultLookup().find(name).orElseThrow(() -> new IOException("no " + name));
    return linker.downcallHandle(symbol, descriptor);
  }
}
