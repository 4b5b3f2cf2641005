package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.SparseMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binary files that SystemDS 3.3.0 wrote. */
class SystemDsBinaryTest {
  @TempDir Path folder;
  private final FilesFixture files = new FilesFixture(Path.of("src/test/resources/systemds"));

  private MatrixOperand read(String name) {
    return (MatrixOperand) files.read(name, ReadOptions.none());
  }

  @Test
  void blocksOfEveryKindAreRead() {
    MatrixOperand column = read("cv.bin");
    assertThat(column.shape()).hasToString("300x1");
    assertThat(column.get(10, 0)).isEqualTo(9);
    assertThat(column.get(199, 0)).isEqualTo(-2.5);
    assertThat(read("rv.bin").get(0, 16)).isEqualTo(3);
    assertThat(read("zero.bin").get(4, 4)).isZero();
    MatrixOperand rows = read("mid.bin");
    for (int r = 0; r < 100; r++) {
      assertThat(rows.get(r, 0)).isEqualTo(r + 1);
      assertThat(rows.get(r, 6)).isEqualTo(r + 1);
    }
    assertThat(rows.get(2, 49)).isEqualTo(1);
  }

  @Test
  void severalBlocksAndPartsAreOneMatrix() {
    MatrixOperand wide = read("sp.bin");
    assertThat(wide.get(2, 4)).isEqualTo(1.5);
    assertThat(wide.get(2, 1099)).isEqualTo(2.5);
    assertThat(wide.get(19, 0)).isEqualTo(-1);
    assertThat(read("em.bin").get(1099, 1)).isEqualTo(9);
    MatrixOperand parts = read("us.bin");
    assertThat(parts.shape()).hasToString("1500x1200");
    for (int i = 1; i <= 60; i++) {
      assertThat(parts.get(i - 1, i * 7 % 50)).isEqualTo(i * 0.5);
    }
  }

  @Test
  void aMatrixOfFewNonZerosIsNeverDense() {
    assertThat(read("us.bin")).isInstanceOf(SparseMatrix.class);
    assertThat(((SparseMatrix) read("us.bin")).nonZeros()).isEqualTo(60);
  }

  @Test
  void framesAreRead() {
    Frame frame = files.frame("fm.bin", ReadOptions.none());
    assertThat(frame.names()).containsExactly("s", "d", "i", "b", "c", "h");
    assertThat(frame.rows()).isEqualTo(150);
    for (int r = 0; r < 150; r++) {
      assertThat(frame.strings(0)[r]).isEqualTo(new String[] {"x", null, "yy", "z\u00e9"}[r % 4]);
      assertThat(frame.doubles(1)[r]).isEqualTo(r * 0.5);
      assertThat(frame.integers(2)[r]).isEqualTo(r);
      assertThat(frame.booleans(3)[r]).isEqualTo(r % 3 != 0);
      assertThat(frame.integers(5)[r]).isEqualTo(r);
    }
    Frame blocks = files.frame("fr.bin", ReadOptions.none());
    assertThat(blocks.shape()).hasToString("1500x3");
    assertThat(blocks.integers(2)[1499]).isEqualTo(4500);
    assertThat(files.frame("fs.bin", ReadOptions.none()).strings(0)[2]).isEqualTo("\"c,d\"");
  }

  @Test
  void damageIsNoticed() throws IOException {
    byte[] good = Files.readAllBytes(files.folder.resolve("mid.bin"));
    FilesFixture own = new FilesFixture(folder);
    own.put("t.bin.mtd", files.text("mid.bin.mtd"));
    for (int length = 4; length < good.length; length += 31) {
      Files.write(folder.resolve("t.bin"), Arrays.copyOf(good, length));
      assertThatThrownBy(() -> own.matrix("t.bin")).isInstanceOf(FormatException.class);
    }
    own.put("t.bin.mtd", "{\"rows\": 50, \"cols\": 50, \"format\": \"binary\"}");
    Files.write(folder.resolve("t.bin"), good);
    assertThatThrownBy(() -> own.matrix("t.bin"))
        .hasMessageContaining("a block of 100x50 cells")
        .hasMessageContaining("correct the sidecar");
    Files.delete(folder.resolve("t.bin.mtd"));
    assertThatThrownBy(() -> own.matrix("t.bin")).hasMessageContaining("add rows= and cols=");
    assertThatThrownBy(() -> files.frame("mid.bin", ReadOptions.none()))
        .hasMessageContaining("holds values of MatrixBlock, expected FrameBlock");
    assertThat(own.allocator.open).hasValue(0);
  }
}
