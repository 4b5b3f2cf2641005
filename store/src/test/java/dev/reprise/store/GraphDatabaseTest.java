package dev.reprise.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
