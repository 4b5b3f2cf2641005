package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Scalar;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Files that other programs wrote; the ones in {@code systemds} come from SystemDS 3.3.0. */
class SampleFilesTest {
  private static final double[][] X = {
    {1, Double.NEGATIVE_INFINITY, 3.5}, {-4, Double.NaN, 1e-300}, {0.1, 123456789012345.0, 0}
  };

  private final FilesFixture files = new FilesFixture(Path.of("src/test/resources/systemds"));

  @Test
  void matricesOfSystemDsAreRead() {
    for (String name : new String[] {"x.csv", "xh.csv", "xs.csv", "x.txt", "x.bin"}) {
      assertThat(FilesFixture.cells(files.matrix(name))).as(name).isEqualTo(X);
    }
    assertThat(FilesFixture.cells(files.matrix("x.mm", ReadOptions.none().withFormat("mm"))))
        .isEqualTo(X);
  }

  @Test
  void scalarsOfSystemDsAreRead() {
    assertThat(files.read("d.txt", ReadOptions.none())).isEqualTo(Scalar.of(4.5));
    assertThat(files.read("i.txt", ReadOptions.none())).isEqualTo(Scalar.of(3L));
    assertThat(files.read("b.txt", ReadOptions.none())).isEqualTo(Scalar.of(true));
    assertThat(files.read("s.txt", ReadOptions.none())).isEqualTo(Scalar.of("hello 1.0"));
  }

  @Test
  void framesOfSystemDsAreRead() {
    Frame frame = files.frame("f.csv", ReadOptions.none());
    assertThat(frame.doubles(1)[0]).isEqualTo(Double.NEGATIVE_INFINITY);
    Frame text = files.frame("fo.txt", ReadOptions.none());
    assertThat(text.strings(3)[1]).isEqualTo("\"Graz, Stmk\"");
    Frame csv = files.frame("fo.csv", ReadOptions.none());
    assertThat(csv.names().get(3)).isEqualTo("city");
    assertThat(csv.strings(3)).isEqualTo(text.strings(3));
  }

  @Test
  void theDiamondsAreRead() {
    FilesFixture examples = new FilesFixture(Path.of("../examples/data"), 2, 1 << 16);
    Frame diamonds = examples.frame("diamonds.csv.gz", ReadOptions.none());
    assertThat(diamonds.shape()).hasToString("53940x10");
    assertThat(diamonds.names()).startsWith("carat", "cut");
    assertThat(diamonds.doubles(0)[0]).isEqualTo(0.23);
    assertThat(diamonds.strings(1)[0]).isEqualTo("Ideal");
    long dearest = 0;
    for (long price : diamonds.integers(6)) {
      dearest = Math.max(dearest, price);
    }
    assertThat(dearest).isEqualTo(18823);
  }

  @Test
  void aParallelWriteOfSystemDsIsOneInput() {
    DenseMatrix matrix = files.matrix("parts.csv");
    assertThat(matrix.shape()).hasToString("6x3");
    assertThat(matrix.get(2, 2)).isEqualTo(23.125);
    assertThat(matrix.get(3, 0)).isEqualTo(10000001.125);
  }
}
