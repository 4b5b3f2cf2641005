package dev.reprise.store;

import static dev.reprise.store.StoreFixture.facts;
import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.ContentHash;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** A store, and tables whose columns it keeps in pieces. */
abstract class PiecesHarness {
  static final int ROWS = 70_000;

  @TempDir Path folder;

  ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  /** The bytes of a dense matrix, of columns that are made from their numbers. */
  static byte[] table(int rows, int cellBytes, int... columns) {
    long bytes = (long) rows * columns.length * cellBytes;
    ByteBuffer out =
        ByteBuffer.allocate((int) (33 + bytes)).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'M');
    out.putInt(1).putInt(cellBytes).putLong(rows).putLong(columns.length).putLong(bytes);
    SplittableRandom[] randoms =
        Arrays.stream(columns).mapToObj(SplittableRandom::new).toArray(SplittableRandom[]::new);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns.length; column++) {
        // Columns with negative numbers are of zeros and ones.
        long cell = columns[column] < 0 ? row % 3 / 2 : randoms[column].nextLong();
        if (cellBytes == 8) {
          out.putLong(cell);
        } else {
          out.putInt((int) cell);
        }
      }
    }
    return out.array();
  }

  /** A content that hands its cells over at once, as the engine does. */
  record Table(byte[] all, int rows, int cellBytes) implements Content {
    @Override
    public long bytes() {
      return all.length;
    }

    @Override
    public Written writeTo(ContentOutput out) throws IOException {
      out.restart();
      out.write(ByteBuffer.wrap(all, 0, 33));
      int columns = (all.length - 33) / rows / cellBytes;
      if (out.takesCells(rows, columns, cellBytes)) {
        out.cells(MemorySegment.ofArray(all).asSlice(33), rows, columns, cellBytes);
      } else {
        out.write(ByteBuffer.wrap(all, 33, all.length - 33));
      }
      return new Written(ContentHash.of(all), all.length);
    }

    @Override
    public void release() {}
  }

  record Plain(byte[] all) implements Content {
    @Override
    public long bytes() {
      return all.length;
    }

    @Override
    public Written writeTo(ContentOutput out) throws IOException {
      for (int at = 0; at < all.length; at += 10_000) {
        out.write(ByteBuffer.wrap(all, at, Math.min(10_000, all.length - at)));
      }
      return new Written(ContentHash.of(all), all.length);
    }

    @Override
    public void release() {}
  }

  static long offer(ExperimentStore store, int number, Content content) {
    RunLog log = store.begin(facts(), 1L << 30);
    try (log) {
      log.offer(key(number), key(number), 1L << 40, content);
    }
    assertThat(log.problem()).isNull();
    return log.kept();
  }

  static void offer(ExperimentStore store, int number, int... columns) {
    assertThat(offer(store, number, new Table(table(ROWS, 8, columns), ROWS, 8))).isEqualTo(1);
  }

  static byte[] load(ExperimentStore store, int number) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return store.contentOf(store.find(key(number)), arena).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  List<Path> files(String name) throws IOException {
    Path all = folder.resolve("store").resolve(name);
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(all)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  static void assertClean(ExperimentStore store) {
    Inspection.Report report = new Inspection(store).run(false);
    assertThat(report.problems()).isEmpty();
    assertThat(report.orphans()).isZero();
  }
}
