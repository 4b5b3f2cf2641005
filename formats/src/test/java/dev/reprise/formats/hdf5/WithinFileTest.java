package dev.reprise.formats.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithinFileTest {
  @TempDir Path folder;

  @Test
  void whatReachesBehindTheEndIsRefusedThoughTheFileIsLarger() throws IOException {
    Path path = Files.write(folder.resolve("x"), new byte[300]);
    try (WithinFile file = WithinFile.open(path)) {
      assertThat(file.read(ByteBuffer.allocate(100), 200)).isEqualTo(100);
      assertThatThrownBy(() -> file.read(ByteBuffer.allocate(101), 200))
          .isInstanceOf(IOException.class)
          .hasMessage("it announces 101 bytes at 200, which is more than the file has");
    }
  }
}
