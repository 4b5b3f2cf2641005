package dev.reprise.store;

import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.Merge;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contents that lie in pieces of their columns, which they share. */
class PiecesTest extends PiecesHarness {
  @ParameterizedTest
  @CsvSource({"70000, 8, 3", "65536, 8, 9", "131073, 4, 2", "40000, 8, 1", "4096, 8, 17"})
  void aTableComesBackAsItWas(int rows, int cellBytes, int count) throws IOException {
    int[] columns = new int[count];
    Arrays.setAll(columns, column -> column % 4 == 3 ? -1 : column);
    byte[] bytes = table(rows, cellBytes, columns);
    try (ExperimentStore store = open()) {
      assertThat(offer(store, 1, new Table(bytes, rows, cellBytes))).isEqualTo(1);
      assertThat(files("artifacts")).isEmpty();
      assertThat(files("pieces")).isNotEmpty();
      assertThat(load(store, 1)).isEqualTo(bytes);
      TableContent table = store.tableOf(store.find(key(1)));
      byte[] cells = new byte[bytes.length - 33];
      table.cellsInto(MemorySegment.ofArray(cells));
      assertThat(cells).isEqualTo(Arrays.copyOfRange(bytes, 33, bytes.length));
      try (InputStream all = StoredStream.of(store, store.find(key(1)))) {
        assertThat(all.readAllBytes()).isEqualTo(bytes);
      }
      assertClean(store);
    }
  }

  @ParameterizedTest
  @CsvSource({"70000, 8, 3", "131073, 4, 2", "40000, 8, 1", "4096, 8, 40"})
  void anyStretchOfATableIsReadAlone(int rows, int cellBytes, int count) throws IOException {
    int[] columns = new int[count];
    Arrays.setAll(columns, column -> column % 4 == 1 ? -1 : column);
    byte[] bytes = table(rows, cellBytes, columns);
    SplittableRandom random = new SplittableRandom(rows);
    try (ExperimentStore store = open()) {
      assertThat(offer(store, 1, new Table(bytes, rows, cellBytes))).isEqualTo(1);
      Layout layout = store.contents().layoutOf(store.find(key(1)).hash());
      assertThat(PieceReader.fingerprint(store.pieces(), layout)).isEqualTo(ContentHash.of(bytes));
      for (int i = 0; i < 30; i++) {
        int from = i == 0 ? 0 : random.nextInt(bytes.length);
        int length =
            1
                + random.nextInt(
                    i % 2 == 0 ? Math.min(900, bytes.length - from) : bytes.length - from);
        byte[] stretch = new byte[length];
        PieceReader.stretch(store.pieces(), layout, from, MemorySegment.ofArray(stretch));
        assertThat(stretch)
            .as(from + " " + length)
            .isEqualTo(Arrays.copyOfRange(bytes, from, from + length));
      }
    }
  }

  @Test
  void tablesShareTheColumnsThatTheyHaveInCommonWhereverTheseStand() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2, 3);
      long three = store.artifactBytes();
      offer(store, 2, 1, 2, 3, 4);
      long four = store.artifactBytes();
      offer(store, 3, 4, 3, 1);
      assertThat(three).isBetween(3L * ROWS * 8, 3L * ROWS * 8 + 100);
      assertThat(four).isBetween(4L * ROWS * 8, 4L * ROWS * 8 + 100);
      assertThat(store.artifactBytes()).isEqualTo(four);
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 1, 2, 3, 4));
      assertThat(load(store, 3)).isEqualTo(table(ROWS, 8, 4, 3, 1));
      assertClean(store);
    }
  }

  @Test
  void oneWithMoreRowsSharesWholeStretches() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      byte[] more = table(ROWS + 10_000, 8, 1, 2);
      offer(store, 2, new Table(more, ROWS + 10_000, 8));
      assertThat(store.artifactBytes()).isLessThan(2L * 8 * (ROWS + ROWS + 10_000 - 65_000));
      assertThat(load(store, 2)).isEqualTo(more);
    }
  }

  @Test
  void piecesThatPackWellArePacked() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, -1, -2);
      assertThat(store.artifactBytes()).isLessThan(ROWS * 8L * 6 / 5);
      assertThat(load(store, 1)).isEqualTo(table(ROWS, 8, 1, -1, -2));
      byte[] text = new byte[3_000_000];
      Arrays.fill(text, 100, text.length, (byte) 7);
      offer(store, 2, new Plain(text));
      assertThat(store.artifactBytes()).isLessThan(ROWS * 8L * 6 / 5 + 100_000);
      assertThat(load(store, 2)).isEqualTo(text);
      assertClean(store);
    }
  }

  @Test
  void whatDoesNotPackStaysInOneFile() throws IOException {
    byte[] noise = new byte[3_000_000];
    new java.util.Random(1).nextBytes(noise);
    noise[0] = 'x';
    try (ExperimentStore store = open()) {
      offer(store, 1, new Plain(noise));
      assertThat(files("pieces")).isEmpty();
      assertThat(files("artifacts")).hasSize(1);
      assertThat(load(store, 1)).isEqualTo(noise);
      assertThat(store.artifactBytes()).isEqualTo(noise.length);
    }
  }

  @Test
  void framesOfWhichOneHasMoreColumnsShareTheFirstOnes() throws IOException {
    byte[] frame = new byte[25 + 5_000_000];
    new java.util.Random(1).nextBytes(frame);
    frame[0] = 'F';
    byte[] longer = Arrays.copyOf(frame, frame.length + 100_000);
    longer[10]++;
    try (ExperimentStore store = open()) {
      offer(store, 1, new Plain(frame));
      offer(store, 2, new Plain(longer));
      assertThat(load(store, 1)).isEqualTo(frame);
      assertThat(load(store, 2)).isEqualTo(longer);
      assertThat(store.artifactBytes()).isLessThan(frame.length + 1_200_000L);
      assertClean(store);
    }
  }

  @Test
  void removingOneKeepsWhatOthersShare() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2, 3);
      offer(store, 2, 1, 2, 4);
      store.removeDamaged(store.find(key(1)));
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 1, 2, 4));
      assertThat(store.artifactBytes()).isBetween(3L * ROWS * 8, 3L * ROWS * 8 + 100);
      assertClean(store);
      store.evictDownTo(0);
      assertThat(store.artifactBytes()).isZero();
      assertThat(files("pieces")).isEmpty();
    }
  }

  @Test
  void aCopyOfAStoreIsCutAsTheStoreWas() throws IOException {
    Path archive = folder.resolve("all.reprise");
    try (ExperimentStore store = open();
        ExperimentStore other = ExperimentStore.open(StoreConfig.of(folder.resolve("other")))) {
      offer(store, 1, 1, 2, -1);
      offer(store, 2, 1, 2, 3);
      try (ArchiveWriter out = new ArchiveWriter(archive)) {
        new FolderGraph(store).giveTo(out);
        out.finish();
      }
      for (int time = 0; time < 2; time++) {
        Merge merge = new Merge(new FolderGraph(other));
        new ArchiveReader(archive).giveTo(merge);
        merge.finish();
        assertThat(other.artifactBytes()).isEqualTo(store.artifactBytes());
        assertThat(load(other, 1)).isEqualTo(load(store, 1));
        assertThat(load(other, 2)).isEqualTo(load(store, 2));
        assertClean(other);
      }
    }
  }

  @Test
  void aContentThatIsBroughtStaysWholeWhenAPieceGoesMeanwhile() throws IOException {
    byte[] bytes = table(ROWS, 8, 1, 2);
    Key hash = ContentHash.of(bytes);
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 3);
      FolderGraph graph = new FolderGraph(store);
      graph.bring(hash, bytes.length, () -> new ByteArrayInputStream(bytes));
      store.evictDownTo(0);
      graph.write(
          List.of(
              new GraphChange.Kept(1, key(2), key(2), hash, bytes.length, 1L << 40, null, 0),
              new GraphChange.Kept(1, key(3), key(3), hash, bytes.length, 1L << 40, null, 0)));
      assertThat(load(store, 2)).isEqualTo(bytes);
      assertThat(load(store, 3)).isEqualTo(bytes);
      assertThat(store.artifactBytes()).isEqualTo(bytes.length);
      assertClean(store);
    }
  }

  @Test
  void aTransactionThatRemovesEndsAfterSomeThousandPieces() throws IOException {
    int[] columns = new int[600];
    try (ExperimentStore store = open()) {
      for (int table = 0; table < 5; table++) {
        int first = table * columns.length;
        Arrays.setAll(columns, column -> first + column);
        offer(store, table, new Table(table(4_096, 8, columns), 4_096, 8));
      }
      List<Artifact> all = Stream.of(0, 1, 2, 3, 4).map(number -> store.find(key(number))).toList();
      int removed =
          store
              .database()
              .change(session -> {
                try {
                  return new Updates(session, store, 0).removeSome(all, 0);
                } catch (IOException e) {
                  throw new StoreException("not removed", e);
                }
              });
      assertThat(removed).isEqualTo(4);
      assertClean(store);
      assertThat(store.evictDownTo(0)).isEqualTo(1);
      assertThat(files("pieces")).isEmpty();
    }
  }

  @Test
  void aStoreOfAnOlderVersionIsReadAsItWasAndGoesOn() throws IOException {
    byte[] bytes = table(ROWS, 8, 1, 2);
    try (ExperimentStore store = open()) {
      // As it was before contents were cut: one file.
      Path draft = store.files().draft();
      Files.write(draft, bytes);
      store
          .database()
          .change(session -> {
            Updates updates = new Updates(session, store, 1);
            try {
              updates.artifact(
                  new Artifact(key(1), ContentHash.of(bytes), bytes.length, 5, null),
                  key(1),
                  draft);
            } catch (IOException e) {
              throw new StoreException("no file", e);
            }
            session.execute("DROP TABLE layout");
            session.execute("DROP TABLE piece");
            session.execute("DROP TABLE cost");
            session.execute("PRAGMA user_version = 1");
            return null;
          });
    }
    try (ExperimentStore store = open()) {
      assertThat(load(store, 1)).isEqualTo(bytes);
      assertThat(store.tableOf(store.find(key(1)))).isNull();
      Path whole = files("artifacts").getFirst();
      byte[] damaged = bytes.clone();
      damaged[5000] ^= 4;
      Files.write(whole, damaged);
      // The same content under another key takes the place of the file, which may be damaged.
      offer(store, 2, 1, 2);
      assertThat(whole).doesNotExist();
      assertThat(load(store, 1)).isEqualTo(bytes);
      assertThat(store.artifactBytes()).isBetween(2L * ROWS * 8, 2L * ROWS * 8 + 100);
      offer(store, 3, 1, 2, 3);
      assertThat(load(store, 3)).isEqualTo(table(ROWS, 8, 1, 2, 3));
      assertClean(store);
      store.evictDownTo(0);
      assertThat(store.artifactBytes()).isZero();
      assertThat(files("artifacts")).isEmpty();
    }
  }

  @Test
  void choosingAnewCountsSharedPiecesOnce() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2, 3);
      offer(store, 2, 1, 2, 3, 4);
      offer(store, 3, 1, 2, 3, 5);
      long five = store.artifactBytes();
      assertThat(five).isLessThan(6L * ROWS * 8);
      new Materialisation(store).keepBest(Materialisation.Method.STORAGE_AWARE, five);
      assertThat(Stream.of(1, 2, 3).filter(number -> store.find(key(number)) != null)).hasSize(3);
      new Materialisation(store).keepBest(Materialisation.Method.HEURISTIC, five);
      assertThat(Stream.of(1, 2, 3).filter(number -> store.find(key(number)) != null)).hasSize(1);
      assertClean(store);
    }
  }
}
