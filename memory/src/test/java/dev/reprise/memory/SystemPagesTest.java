package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.ResourceException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Large pieces of memory are pages of the system where there are such. */
class SystemPagesTest {
  private static final long MIB = 1 << 20;

  /** Pages that are arenas, by address. */
  private static final class FakePages implements SystemPages {
    private final Map<Long, Arena> taken = new HashMap<>();
    private final Map<Long, Long> sizes = new HashMap<>();
    private boolean areThere = true;
    private long most = Long.MAX_VALUE;

    @Override
    public boolean areThere() {
      return areThere;
    }

    @Override
    public long take(long bytes) {
      if (sizes.values().stream().mapToLong(Long::longValue).sum() + bytes > most) {
        return 0;
      }
      Arena arena = Arena.ofShared();
      long address = arena.allocate(bytes, 4096).address();
      taken.put(address, arena);
      sizes.put(address, bytes);
      return address;
    }

    @Override
    public void giveBack(long address, long bytes) {
      assertThat(sizes.remove(address)).isEqualTo(bytes);
      taken.remove(address).close();
    }
  }

  private final FakePages pages = new FakePages();

  private HostMemory memory(long budget) {
    return new HostMemory(budget, null, pages);
  }

  @Test
  void largeBuffersAndChunksArePagesUntilTheMemoryIsClosed() {
    try (HostMemory memory = memory(64 * MIB)) {
      Buffer large = memory.allocate(3 * MIB);
      assertThat(pages.sizes.values()).containsExactly(3 * MIB);
      large.segment().set(ValueLayout.JAVA_BYTE, 3 * MIB - 1, (byte) 7);
      Buffer middle = memory.allocate(MIB / 4);
      assertThat(pages.sizes).hasSize(2);
      middle.release();
      large.release();
    }
    assertThat(pages.sizes).isEmpty();
  }

  @Test
  void noneAreGivenBackTwice() {
    NativeMemory.Region region = new NativeMemory(pages).allocate(2 * MIB);
    region.free();
    assertThatThrownBy(region::free).isInstanceOf(IllegalStateException.class);
    assertThat(pages.sizes).isEmpty();
  }

  @Test
  void smallBuffersAreNot() {
    try (HostMemory memory = memory(64 * MIB)) {
      memory.allocate(4096).release();
      assertThat(pages.sizes).isEmpty();
    }
  }

  @Test
  void whereThereAreNoneArenasDo() {
    pages.areThere = false;
    try (HostMemory memory = memory(64 * MIB)) {
      Buffer large = memory.allocate(3 * MIB);
      large.segment().set(ValueLayout.JAVA_BYTE, 3 * MIB - 1, (byte) 7);
      large.release();
      assertThat(pages.sizes).isEmpty();
    }
  }

  @Test
  void whatLiesFreeIsGivenBackWhenTheSystemHasNoMore() {
    pages.most = 4 * MIB;
    try (HostMemory memory = memory(64 * MIB)) {
      memory.allocate(3 * MIB).release();
      Buffer other = memory.allocate(2 * MIB);
      assertThat(pages.sizes.values()).containsExactly(2 * MIB);
      assertThatThrownBy(() -> memory.allocate(3 * MIB))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("the system refused");
      other.release();
    }
    assertThat(pages.sizes).isEmpty();
  }
}
