package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentHashTest {

  @Test
  void contentHashesDependOnCellsAndShapeNotOnWhereTheyLive() {
    double[] cells = new double[1000];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = i * 0.37;
    }
    Key key = ContentHash.ofMatrix(cells, 10, 100);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, cells);
      assertThat(ContentHash.ofMatrix(copy, 10, 100)).isEqualTo(key);
    }
    assertThat(ContentHash.ofMatrix(cells, 100, 10)).isNotEqualTo(key);
    cells[999] = Math.nextUp(cells[999]);
    assertThat(ContentHash.ofMatrix(cells, 10, 100)).isNotEqualTo(key);
    assertThat(ContentHash.ofMatrix(new double[0], 0, 5))
        .isNotEqualTo(ContentHash.ofMatrix(new double[0], 5, 0));
  }

  @Test
  void contentHashesNeverChangeBetweenVersions() {
    assertThat(ContentHash.ofMatrix(new double[] {1, 2, 3, 4}, 2, 2))
        .hasToString("4748c63b2a06be2815242767a276efe4");
    assertThat(ContentHash.of(MemorySegment.ofArray(new byte[] {'a', 'b', 'c'})))
        .hasToString("06b05ab6733a618578af5f94892f3950");
  }

  @Test
  void bytesInMemoryAndFromAStreamHaveOneFingerprint() throws IOException {
    Random random = new Random(5);
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 1_000_000}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      assertThat(ContentHash.of(new ByteArrayInputStream(bytes)))
          .as("%d bytes", size)
          .isEqualTo(ContentHash.of(MemorySegment.ofArray(bytes)));
    }
  }
}
