package dev.reprise.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a graph that cannot be used, and what stays open then. */
class GraphDatabaseTest {
  @TempDir private Path folder;

  @Test
  void aFolderThatIsGoneIsNoFullDisk() throws IOException {
    Path place = Files.createDirectory(folder.resolve("store"));
    Path graph = place.resolve("graph.db");
    try (GraphDatabase database = new GraphDatabase(graph, false)) {
      List<Path> files;
      try (Stream<Path> there = Files.list(place)) {
        files = there.toList();
      }
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(place);
      StoreException failure =
          catchThrowableOfType(
              StoreException.class,
              () -> database.ask(session -> GraphDatabase.number(session, "artifact_bytes")));
      assertThat(failure).hasMessageEndingWith("its file " + graph + " cannot be opened");
      assertThat(failure.isLackOfRoom()).isFalse();
    }
  }

  /** As a store of an earlier version that somebody has changed by hand. */
  @Test
  void aGraphThatCannotBeBroughtUpToDateIsClosed() throws Exception {
    make("CREATE TABLE run(id INTEGER)", "PRAGMA user_version = 0");
    assertThatThrownBy(this::open).hasMessageContaining("table run already exists");
    assertThat(openFiles()).isEmpty();
  }

  @Test
  void aDamagedGraphThatIsOnlyReadIsClosed() throws Exception {
    Files.createDirectories(folder.resolve("store/artifacts"));
    Files.writeString(folder.resolve("store/graph.db"), "no database".repeat(1000));
    StoreConfig readOnly = StoreConfig.of(folder.resolve("store")).asReadOnly();
    assertThatThrownBy(() -> ExperimentStore.open(readOnly)).hasMessageContaining("is damaged");
    assertThat(openFiles()).isEmpty();
  }

  @Test
  void aStoreWhoseGraphLacksATableIsClosedWithItsLocks() throws Exception {
    make("PRAGMA user_version = " + Schema.VERSION);
    assertThatThrownBy(this::open).hasMessageContaining("no such table: run");
    assertThat(openFiles()).isEmpty();
  }

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  private void make(String... changes) throws Exception {
    Files.createDirectories(folder.resolve("store/artifacts"));
    String graph = "jdbc:sqlite:" + folder.resolve("store/graph.db");
    try (Connection connection = DriverManager.getConnection(graph);
        Statement statement = connection.createStatement()) {
      for (String change : changes) {
        statement.execute(change);
      }
    }
  }

  /** What this process has open in the folder, as Linux says. */
  private List<Path> openFiles() throws IOException {
    Path real = folder.toRealPath();
    List<Path> open = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : all) {
        if (leadsInto(real, each)) {
          open.add(each);
        }
      }
    }
    return open;
  }

  private static boolean leadsInto(Path folder, Path link) {
    try {
      return Files.readSymbolicLink(link).startsWith(folder);
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }
}
