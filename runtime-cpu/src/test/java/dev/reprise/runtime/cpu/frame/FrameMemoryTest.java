package dev.reprise.runtime.cpu.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory is given back when a conversion ends half-way. */
class FrameMemoryTest {
  private final CountingAllocator memory = new CountingAllocator();

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void textThatIsNoNumberLeavesNoMatrix(int threads) {
    String[] texts = new String[100_000];
    Arrays.fill(texts, "1");
    texts[99_000] = "x";
    Frame frame = column(texts);
    assertThatThrownBy(() -> Frames.run(memory, threads, "as.matrix", frame))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("row 99001");
    assertThat(memory.liveBuffers()).isZero();
  }

  /** One buffer after another is one that cannot be used: all are given back whichever it is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anEncodingThatFailsLeavesNoMatrix(int threads) {
    // With few categories the matrix is dense; with many, sparse and shorter than guessed.
    assertThat(failures(threads, 2)).isEqualTo(1);
    assertThat(failures(threads, 90)).isEqualTo(2);
  }

  private static Frame column(String[] texts) {
    return new Frame(
        texts.length, List.of("a"), List.of(ColumnType.STRING), List.of((Object) texts));
  }

  private int failures(int threads, int categories) {
    String[] texts = new String[5000];
    Arrays.setAll(texts, r -> r % 7 == 0 ? null : "c" + r % categories);
    Frame frame = column(texts);
    for (int broken = 0; ; broken++) {
      try {
        Operand[] result =
            Frames.run(
                withBroken(broken),
                threads,
                "transformencode",
                frame,
                Frames.text("{ids:true, dummycode:[1]}"));
        ((MatrixOperand) result[0]).buffer().release();
        assertThat(memory.liveBuffers()).isZero();
        return broken;
      } catch (BrokenException _) {
        assertThat(memory.liveBuffers()).as("buffer %s is broken", broken).isZero();
      }
    }
  }

  /** The memory, one of whose buffers, counted from 0, cannot be used. */
  private Allocator withBroken(int at) {
    int[] count = {0};
    return bytes -> {
      Buffer buffer = memory.allocate(bytes);
      return count[0]++ == at ? new Broken(buffer) : buffer;
    };
  }

  private static final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record Broken(Buffer buffer) implements Buffer {
    @Override
    public MemorySegment segment() {
      throw new BrokenException();
    }

    @Override
    public void release() {
      buffer.release();
    }
  }
}
