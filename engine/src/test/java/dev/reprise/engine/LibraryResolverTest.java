package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryResolverTest {

  @Test
  void aScriptNamedLikeALibraryFileIsAnotherFile() {
    LibraryResolver resolver = new LibraryResolver(List.of(Path.of("")), List.of());
    assertThat(resolver.library("lm")).isPresent();
    assertThat(resolver.library("lm").get().name()).isNotEqualTo("lm.dml");
  }

  @Test
  void aLayerIsFoundByItsPathFromScriptsAndFromShippedFiles() {
    LibraryResolver resolver = new LibraryResolver(List.of(Path.of("")), List.of());
    SourceFile script = new SourceFile("mine/train.dml", "", SourceFile.Origin.SCRIPT);
    SourceFile layer = resolver.source("nn/layers/softmax2d.dml", script).orElseThrow();
    assertThat(layer.origin()).isEqualTo(SourceFile.Origin.SHIPPED);
    assertThat(resolver.source("nn/util.dml", layer)).isPresent();
    assertThat(resolver.source("./nn/util.dml", script)).isPresent();
    assertThat(resolver.source("nn/layers/nothing.dml", script)).isEmpty();
  }

  @Test
  void aPathFromTheRootOfTheSystemDsSourcesIsFoundToo() {
    LibraryResolver resolver = new LibraryResolver(List.of(Path.of("")), List.of());
    SourceFile script = new SourceFile("train.dml", "", SourceFile.Origin.SCRIPT);
    assertThat(resolver.source("scripts/nn/layers/affine.dml", script)).isPresent();
    assertThat(resolver.source("scripts/nothing.dml", script)).isEmpty();
  }

  @Test
  void aFolderOfShippedFilesIsNoFile() {
    LibraryResolver resolver = new LibraryResolver(List.of(Path.of("")), List.of());
    SourceFile script = new SourceFile("train.dml", "", SourceFile.Origin.SCRIPT);
    for (String folder : List.of("", ".", "nn", "nn/layers", "scripts/nn", "index.txt")) {
      assertThat(resolver.source(folder, script)).isEmpty();
    }
  }

  @Test
  void aUriThatIsNoneIsAFileThatIsNotThere(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("a b.dml"), "");
    LibraryResolver resolver = new LibraryResolver(List.of(folder), List.of());
    SourceFile script =
        new SourceFile(folder.resolve("train.dml").toString(), "", SourceFile.Origin.SCRIPT);
    for (String nowhere : List.of("file:", "file:%zz.dml", "file:///%zz.dml", "a\0b.dml")) {
      assertThat(resolver.source(nowhere, script)).isEmpty();
    }
    assertThat(resolver.source("file:a b.dml", script)).isPresent();
    assertThat(resolver.source("file:" + folder + "/a b.dml", script)).isPresent();
  }

  @Test
  void aLayerBesideTheScriptGoesBeforeTheShippedOne(@TempDir Path folder) throws IOException {
    Path own = folder.resolve("nn/layers/affine.dml");
    Files.createDirectories(own.getParent());
    Files.writeString(own, "mine = function() return (Double one) { one = 1 }");
    LibraryResolver resolver = new LibraryResolver(List.of(folder), List.of());
    SourceFile script =
        new SourceFile(folder.resolve("train.dml").toString(), "", SourceFile.Origin.SCRIPT);
    SourceFile found = resolver.source("nn/layers/affine.dml", script).orElseThrow();
    assertThat(found.origin()).isEqualTo(SourceFile.Origin.SCRIPT);
  }
}
