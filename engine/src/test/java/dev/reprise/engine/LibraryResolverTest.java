package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibraryResolverTest {

  @Test
  void aScriptNamedLikeALibraryFileIsAnotherFile() {
    LibraryResolver resolver = new LibraryResolver(Path.of(""), List.of());
    assertThat(resolver.library("lm")).isPresent();
    assertThat(resolver.library("lm").get().name()).isNotEqualTo("lm.dml");
  }
}
