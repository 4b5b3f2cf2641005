package dev.reprise.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which places of files touch one another. */
class TouchedPlacesTest {
  @Test
  void aFolderIsTouchedByWhatLiesInItAndByWhatItLiesIn() {
    TouchedPlaces<Path> places = new TouchedPlaces<>((place, _) -> place);
    places.note(Path.of("/a/b"));
    assertThat(Stream.of("/", "/a", "/a/b", "/a/b/c"))
        .allMatch(place -> !places.touching(Path.of(place)).isEmpty());
    assertThat(Stream.of("/b", "/a/bc", "/a/c", "/ab"))
        .allMatch(place -> places.touching(Path.of(place)).isEmpty());
  }
}
