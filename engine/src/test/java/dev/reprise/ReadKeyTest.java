package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With reuse, reads of one file that may differ in result never share one. */
class ReadKeyTest {
  @TempDir Path folder;

  private String output(String script) {
    return Scripts.run(Scripts.config().withWorkingDirectory(folder), script).output();
  }

  @Test
  void everyOptionThatChangesTheResultIsInTheKey() throws IOException {
    Files.writeString(folder.resolve("x.csv"), "1,NA\n,4\n");
    String read = "print(sum(replace(target=read(\"x.csv\", %s), pattern=NaN, replacement=100)))\n";
    StringBuilder script = new StringBuilder();
    for (String options :
        List.of(
            "naStrings=\"NA\"",
            "naStrings=[\"NA\", \"4\"]",
            "naStrings=[\"NA\", \"1\"]",
            "naStrings=[\"NA\"], default=7",
            "naStrings=[\"NA\"], header=FALSE, default=8")) {
      script.append(read.formatted(options));
    }
    assertThat(output(script.toString())).isEqualTo("105.0\n201.0\n204.0\n112.0\n113.0\n");
  }

  @Test
  void theArrayOfAnArchiveIsInTheKey() throws IOException {
    output(
        """
        write(matrix(1, 2, 2), "a.npz", format="npz", dataset="a")
        write(matrix(5, 3, 1), "b.npz", format="npz", dataset="b")
        """);
    try (OutputStream out = Files.newOutputStream(folder.resolve("ab.npz"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : List.of("a.npz", "b.npz")) {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(folder.resolve(name)))) {
          ZipEntry entry = in.getNextEntry();
          zip.putNextEntry(new ZipEntry(entry.getName()));
          in.transferTo(zip);
        }
      }
    }
    String script =
        """
        print(sum(read("ab.npz", dataset="a")))
        print(sum(read("ab.npz", dataset="b")))
        print(sum(read("ab.npz", dataset="a")))
        """;
    assertThat(output(script)).isEqualTo("4.0\n15.0\n4.0\n");
  }

  @Test
  void aListThatWasOverwrittenIsReadAgain() {
    String script =
        """
        write(list(a=1, b=matrix(2, 2, 2)), "l")
        K = read("l")
        print(as.scalar(K["a"]) + sum(as.matrix(K["b"])))
        write(list(a=1, b=matrix(3, 2, 2)), "l")
        K = read("l")
        print(as.scalar(K["a"]) + sum(as.matrix(K["b"])))
        write(list(c=1, b=matrix(3, 2, 2)), "l")
        K = read("l")
        print(as.scalar(K["c"]) + length(K))
        """;
    assertThat(output(script)).isEqualTo("9.0\n13.0\n3\n");
  }

  @Test
  void aPartThatChangesMakesAnotherInput() {
    String script =
        """
        write(matrix(1, 2, 2), "parts/part-0", format="csv")
        write(matrix(2, 2, 2), "parts/part-1", format="csv")
        print(sum(read("parts", format="csv")))
        write(matrix(7, 2, 2), "parts/part-1", format="csv")
        print(sum(read("parts", format="csv")))
        """;
    assertThat(output(script)).isEqualTo("12.0\n32.0\n");
  }
}
