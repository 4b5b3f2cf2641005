package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that are asked of the system and given back. */
class AnonymousPagesTest {
  private static final int PAGE = 4096;

  @BeforeEach
  void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  /** Whether the process has memory at an address, by the list of the system. */
  private static boolean isMapped(long address) throws Exception {
    try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
      return mappings
          .map(line -> line.substring(0, line.indexOf(' ')).split("-"))
          .anyMatch(bounds ->
              Long.parseUnsignedLong(bounds[0], 16) <= address
                  && address < Long.parseUnsignedLong(bounds[1], 16));
    }
  }

  /** Given back as a whole, whether it is a multiple of a page and of a piece or not. */
  @ParameterizedTest
  @ValueSource(longs = {1, PAGE, (1 << 21) + 1, (5 << 20) + 3 * PAGE + 17})
  void memoryIsThereUntilItIsGivenBack(long bytes) throws Exception {
    long at = AnonymousPages.take(bytes);
    assertThat(at).isNotZero();
    assertThat(at % PAGE).isZero();
    MemorySegment memory = MemorySegment.ofAddress(at).reinterpret(bytes);
    memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    memory.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 2);
    assertThat(isMapped(at + bytes - 1)).isTrue();
    AnonymousPages.giveBack(at, bytes);
    assertThat(isMapped(at)).isFalse();
    assertThat(isMapped(at + bytes - 1)).isFalse();
  }

  /** More than the address space of a process. */
  @Test
  void whatTheSystemRefusesIsZero() {
    assertThat(AnonymousPages.take(1L << 60)).isZero();
  }
}
