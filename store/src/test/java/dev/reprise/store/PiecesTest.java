package dev.reprise.store;

import static dev.reprise.store.StoreFixture.facts;
import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.Merge;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contents that lie in pieces of their columns, which they share. */
class PiecesTest {
  private static final int ROWS = 70_000;

  @TempDir private Path folder;

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  /** The bytes of a dense matrix, of columns that are made from their numbers. */
  private static byte[] table(int rows, int cellBytes, int... columns) {
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
  private record Table(byte[] all, int rows, int cellBytes) implements Content {
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

  private record Plain(byte[] all) implements Content {
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

  private static long offer(ExperimentStore store, int number, Content content) {
    RunLog log = store.begin(facts(), 1L << 30);
    try (log) {
      log.offer(key(number), key(number), 1L << 40, content);
    }
    assertThat(log.problem()).isNull();
    return log.kept();
  }

  private static void offer(ExperimentStore store, int number, int... columns) {
    assertThat(offer(store, number, new Table(table(ROWS, 8, columns), ROWS, 8))).isEqualTo(1);
  }

  private static byte[] load(ExperimentStore store, int number) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return store.contentOf(store.find(key(number)), arena).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private List<Path> files(String name) throws IOException {
    Path all = folder.resolve("store").resolve(name);
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(all)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void assertClean(ExperimentStore store) {
    Inspection.Report report = new Inspection(store).run(false);
    assertThat(report.problems()).isEmpty();
    assertThat(report.orphans()).isZero();
  }

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
      Layout layout = store.layoutOf(store.find(key(1)).hash());
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
  void ofADamagedPieceAllUsersAreFoundDamagedAndTheNextOneToWriteItMendsIt() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      offer(store, 2, 2, 3);
      Key shared = shared(store);
      Path file =
          folder.resolve("store/pieces/" + shared.toString().substring(0, 2) + "/" + shared);
      byte[] bytes = Files.readAllBytes(file);
      bytes[5000] ^= 4;
      Files.write(file, bytes);
      assertThat(new Inspection(store).run(false).problems()).hasSize(2);
      store.removeDamaged(store.find(key(1)));
      assertThatThrownBy(() -> load(store, 2)).isInstanceOf(NoSuchFileException.class);
      offer(store, 1, 1, 2);
      assertThat(load(store, 1)).isEqualTo(table(ROWS, 8, 1, 2));
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 2, 3));
      assertClean(store);
    }
  }

  @Test
  void whatAnEvictionThatWasNotCommittedTookIsWrittenAgain() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      long before = store.artifactBytes();
      // The files are gone, the rows are there: the process died before the end.
      for (Key piece : store.layoutOf(store.find(key(1)).hash()).pieces()) {
        store.pieces().delete(piece);
      }
      offer(store, 2, 1, 2, 3);
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 1, 2, 3));
      assertThat(load(store, 1)).isEqualTo(table(ROWS, 8, 1, 2));
      assertThat(store.artifactBytes()).isBetween(before + ROWS * 8, before + ROWS * 8 + 100);
      assertClean(store);
    }
  }

  @Test
  void theSameContentUnderAnotherKeyBringsLostPiecesBack() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      for (Key piece : store.layoutOf(store.find(key(1)).hash()).pieces()) {
        store.pieces().delete(piece);
      }
      offer(store, 2, 1, 2);
      assertThat(load(store, 1)).isEqualTo(table(ROWS, 8, 1, 2));
      assertClean(store);
    }
  }

  private static Key shared(ExperimentStore store) throws IOException {
    List<Key> first = store.layoutOf(store.find(key(1)).hash()).pieces();
    List<Key> second = store.layoutOf(store.find(key(2)).hash()).pieces();
    return first.stream().filter(second::contains).findFirst().orElseThrow();
  }

  @Test
  void whatCannotBeReadForAnotherReasonIsNoDamageOfWhatOthersShare() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      offer(store, 2, 2, 3);
      Key shared = shared(store);
      Path file =
          folder.resolve("store/pieces/" + shared.toString().substring(0, 2) + "/" + shared);
      byte[] good = Files.readAllBytes(file);
      // Opens, but cannot be read, for root too.
      Files.delete(file);
      Files.createDirectory(file);
      Inspection.Report report = new Inspection(store).run(true);
      assertThat(report.mended()).isFalse();
      assertThat(report.problems())
          .hasSize(2)
          .allMatch(line -> line.contains(" cannot be checked and stays: "));
      store.removeDamaged(store.find(key(1)));
      Files.delete(file);
      Files.write(file, good);
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 2, 3));
      assertClean(store);
    }
  }

  @Test
  void theCheckMendsWhatIsDamagedLostOrCountedWrongly() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      offer(store, 2, 2, 3);
      offer(store, 3, 4, 5);
      Key gone = store.layoutOf(store.find(key(1)).hash()).pieces().getFirst();
      store.pieces().delete(gone);
      Files.createDirectories(folder.resolve("store/pieces/aa"));
      Files.writeString(folder.resolve("store/pieces/aa/" + "a".repeat(32)), "left by a crash");
      store
          .database()
          .change(session -> {
            session.execute("UPDATE piece SET users = users + 1");
            return null;
          });
      Inspection.Report report = new Inspection(store).run(true);
      assertThat(report.problems()).hasSize(2);
      assertThat(report.orphans()).isEqualTo(1);
      assertClean(store);
      assertThat(store.find(key(1))).isNull();
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 2, 3));
      store.evictDownTo(0);
      assertThat(files("pieces")).isEmpty();
      assertThat(store.artifactBytes()).isZero();
    }
  }

  @Test
  void aDamagedLayoutIsDamageOfItsContent() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      store
          .database()
          .change(session -> {
            session.execute(
                "UPDATE layout SET recipe = substr(recipe, 1, 60) || zeroblob(1) || substr(recipe,"
                    + " 62)");
            return null;
          });
      assertThatThrownBy(() -> load(store, 1)).isInstanceOf(DamagedContentException.class);
      new Inspection(store).run(true);
      assertClean(store);
      assertThat(store.find(key(1))).isNull();
      assertThat(files("pieces")).isEmpty();
    }
  }

  @Test
  void aDamagedLayoutThatAnotherNeedsIsReplacedByTheFirstWhoComputesIt() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      offer(store, 2, 1, 2);
      offer(store, 3, 2, 3);
      store
          .database()
          .change(session -> {
            var damage = session.prepared("UPDATE layout SET recipe = zeroblob(90) WHERE hash = ?");
            GraphDatabase.setKey(damage, 1, store.find(key(1)).hash());
            damage.executeUpdate();
            return null;
          });
      store.removeDamaged(store.find(key(1)));
      offer(store, 1, 1, 2);
      assertThat(load(store, 1)).isEqualTo(table(ROWS, 8, 1, 2));
      assertThat(load(store, 2)).isEqualTo(table(ROWS, 8, 1, 2));
      assertClean(store);
      store.evictDownTo(0);
      assertThat(files("pieces")).isEmpty();
      assertThat(store.artifactBytes()).isZero();
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
  void aCopyBringsWhatTheStoreHasOfADamagedLayout() throws IOException {
    byte[] bytes = table(ROWS, 8, 1, 2);
    Key hash = ContentHash.of(bytes);
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      store
          .database()
          .change(session -> {
            session.execute("UPDATE layout SET recipe = zeroblob(90)");
            return null;
          });
      FolderGraph graph = new FolderGraph(store);
      graph.bring(hash, bytes.length, () -> new ByteArrayInputStream(bytes));
      graph.write(
          List.of(new GraphChange.Kept(1, key(2), key(2), hash, bytes.length, 1L << 40, null, 0)));
      assertThat(load(store, 2)).isEqualTo(bytes);
      assertThat(load(store, 1)).isEqualTo(bytes);
      assertClean(store);
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
