package dev.reprise.store;

import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Pieces that contents share when some of them, or what says how contents lie in them, are damaged.
 */
class DamagedPiecesTest extends PiecesHarness {
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

  private static Key shared(ExperimentStore store) throws IOException {
    List<Key> first = store.contents().layoutOf(store.find(key(1)).hash()).pieces();
    List<Key> second = store.contents().layoutOf(store.find(key(2)).hash()).pieces();
    return first.stream().filter(second::contains).findFirst().orElseThrow();
  }

  @Test
  void whatAnEvictionThatWasNotCommittedTookIsWrittenAgain() throws IOException {
    try (ExperimentStore store = open()) {
      offer(store, 1, 1, 2);
      long before = store.artifactBytes();
      // The files are gone, the rows are there: the process died before the end.
      for (Key piece : store.contents().layoutOf(store.find(key(1)).hash()).pieces()) {
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
      for (Key piece : store.contents().layoutOf(store.find(key(1)).hash()).pieces()) {
        store.pieces().delete(piece);
      }
      offer(store, 2, 1, 2);
      assertThat(load(store, 1)).isEqualTo(table(ROWS, 8, 1, 2));
      assertClean(store);
    }
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
      Key gone = store.contents().layoutOf(store.find(key(1)).hash()).pieces().getFirst();
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
}
