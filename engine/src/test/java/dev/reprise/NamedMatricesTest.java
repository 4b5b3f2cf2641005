package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists in one file of safetensors, npz or hdf5. */
class NamedMatricesTest {
  @TempDir Path folder;

  private Scripts.Outcome run(String script) {
    Scripts.Outcome outcome = Scripts.run(Scripts.config().withWorkingDirectory(folder), script);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome;
  }

  @Test
  void listsComeBackAsTheyWereWritten() {
    for (String format : List.of("safetensors", "npz", "hdf5")) {
      String script =
          """
          W = matrix("1 2 3 4 5 6", 2, 3) / 7
          write(list(W=W, fc=list(b=seq(1, 2), seq(3, 4))), "m.FORMAT", format="FORMAT")
          L = read("m.FORMAT")
          V = as.matrix(L["W"])
          print(sum(V != W) + " " + sum(as.matrix(L["fc.b"])) + " " + sum(as.matrix(L["fc.2"])))
          one = read("m.FORMAT", dataset="PATH")
          print(nrow(one) + " " + length(L))
          """;
      String path = format.equals("hdf5") ? "fc/b" : "fc.b";
      assertThat(run(script.replace("FORMAT", format).replace("PATH", path)).output())
          .as(format)
          .isEqualTo("0.0 3.0 7.0\n2 3\n");
    }
  }

  /** Names of a group lie in the order of their bytes, however many there are. */
  @Test
  void manyDatasetsOfOneGroupAreFound() {
    assertThat(
            run("""
            L = list()
            for (i in 1:300)
              L["n" + i] = matrix(i, 1, 2)
            write(L, "many.h5", format="hdf5")
            M = read("many.h5")
            first = names(M)
            print(length(M) + " " + as.scalar(first[2]) + " " + sum(as.matrix(M["n233"])) + " " + sum(read("many.h5", dataset="n300")))
            """)
                .output())
        .isEqualTo("300 n2 466.0 600.0\n");
  }

  @Test
  void singlePrecisionIsWrittenAsFloats() throws Exception {
    Scripts.run(
        Scripts.config()
            .withWorkingDirectory(folder)
            .withPrecision(dev.reprise.runtime.Precision.FP32),
        "write(list(a=seq(1, 3)), \"f.safetensors\", format=\"safetensors\")");
    assertThat(
            Files.readString(
                folder.resolve("f.safetensors"), java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("\"dtype\":\"F32\",\"shape\":[3,1],\"data_offsets\":[0,12]");
  }

  @Test
  void filesOfOtherFrameworksAreReadWithTheirTypesAndShapes() throws Exception {
    Path samples = Path.of("..", "formats", "src", "test", "resources", "tensors");
    for (String file : List.of("py.safetensors", "bf.safetensors")) {
      Files.copy(samples.resolve(file), folder.resolve(file));
    }
    assertThat(
            run("""
            L = read("py.safetensors")
            C = as.matrix(L["conv.weight"])
            print(nrow(C) + " x " + ncol(C) + ", last " + as.scalar(C[2, 12]))
            b = as.matrix(L["fc.bias"])
            print(nrow(b) + " x " + ncol(b) + ", sum " + sum(b))
            print(max(as.matrix(L["half"])) + " " + as.scalar(as.matrix(L["n"])))
            B = read("bf.safetensors", dataset="b")
            print(as.scalar(B[1, 2]) + " " + as.scalar(B[2, 1]))
            """)
                .output())
        .isEqualTo("2 x 12, last 5.75\n2 x 1, sum -0.5\n65504.0 7.0\n-2.0 Infinity\n");
  }

  @Test
  void aRereadIsFoundAndAChangedFileIsNot() {
    RunStatistics statistics =
        run("""
        write(list(a=rand(rows=200, cols=200, seed=1)), "a.safetensors", format="safetensors")
        x = read("a.safetensors", dataset="a")
        y = read("a.safetensors", dataset="a")
        write(list(a=rand(rows=200, cols=200, seed=2)), "a.safetensors", format="safetensors")
        z = read("a.safetensors", dataset="a")
        print(sum(x != y) + " " + (sum(x) == sum(z)))
        """)
            .statistics();
    assertThat(statistics.of("read").hits()).isEqualTo(1);
    assertThat(statistics.of("read").executed()).isEqualTo(2);
  }

  @Test
  void mistakesSayWhatToDo() throws Exception {
    Files.writeString(folder.resolve("x.safetensors"), "{\"a\":1}  and more");
    run("write(list(a=seq(1, 9), b=seq(1, 2)), \"good.safetensors\", format=\"safetensors\")");
    byte[] good = Files.readAllBytes(folder.resolve("good.safetensors"));
    writeHeader("list.safetensors", "[1, 2]");
    writeHeader(
        "twice.safetensors",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
    writeHeader(
        "real.safetensors", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2.5],\"data_offsets\":[0,2]}}");
    Files.write(folder.resolve("cut.safetensors"), java.util.Arrays.copyOf(good, good.length - 1));
    for (List<String> mistake :
        List.of(
            List.of("L = read(\"x.safetensors\")\nprint(length(L))", "this is no safetensors file"),
            List.of(
                "L = read(\"list.safetensors\")\nprint(length(L))",
                "the header of the safetensors file is damaged: found a list instead of an object"),
            List.of(
                "L = read(\"twice.safetensors\")\nprint(length(L))", "there are two tensors \"a\""),
            List.of(
                "L = read(\"real.safetensors\")\nprint(length(L))",
                "a list of whole numbers holds a number with a fraction"),
            List.of("L = read(\"cut.safetensors\")\nprint(length(L))", "the file is truncated"),
            List.of(
                "a = read(\"good.safetensors\", dataset=\"c\")\nprint(sum(a))",
                "there is no tensor \"c\"; there are a, b"),
            List.of(
                "a = read(\"good.safetensors\", data_type=\"matrix\")\nprint(sum(a))",
                "the file holds 2 tensors; name one with dataset="),
            List.of(
                "write(list(seq(1, 2)), \"y.h5\", format=\"hdf5\", dataset=\"a\")",
                "a list in hdf5 has datasets of the names of its elements"),
            List.of(
                "write(list(seq(1, 2)), \"y.h5\", format=\"hdf5\", sparse=TRUE)",
                "leave dataset= and sparse= out"),
            List.of(
                "L = list()\nL[\"a\"] = seq(1, 2)\nL[\"a.b\"] = seq(1, 2)\nwrite(L, \"y.h5\", format=\"hdf5\")",
                "has a matrix \"a\" and, in a group of this name, \"a.b\""),
            List.of(
                "L = list()\nL[\"a/b\"] = seq(1, 2)\nwrite(L, \"y.h5\", format=\"hdf5\")",
                "the element \"a/b\" of the list cannot be a dataset of hdf5"),
            List.of(
                "write(list(a=1), \"y.npz\", format=\"npz\")",
                "holds matrices only, but element \"a\" is an integer 1"),
            List.of(
                "write(list(seq(1, 2), seq(1, 2)), \"y.csv\", format=\"csvx\")",
                "format \"csvx\" is not supported"))) {
      assertThat(Scripts.failure(Scripts.config().withWorkingDirectory(folder), mistake.get(0)))
          .hasMessageContaining(mistake.get(1));
    }
  }

  @Test
  void everyByteOfSafetensorsBelongsToOneTensor() throws Exception {
    for (List<String> mistake :
        List.of(
            List.of(
                tensor("a", 4, 0, 4) + "," + tensor("b", 4, 2, 6),
                "tensor \"b\" begins at byte 2, but \"a\" before it ends at byte 4"),
            List.of(
                tensor("b", 6, 0, 6) + "," + tensor("a", 6, 0, 6),
                "begins at byte 0, but \"b\" before it ends at byte 6"),
            List.of(
                tensor("a", 2, 0, 2) + "," + tensor("b", 3, 3, 6),
                "the 1 bytes before tensor \"b\" belong to no tensor"),
            List.of(
                tensor("a", 2, 1, 3) + "," + tensor("b", 3, 3, 6),
                "the 1 bytes before tensor \"a\" belong to no tensor"),
            List.of(
                tensor("a", 0, 2, 2) + "," + tensor("b", 6, 0, 6),
                "tensor \"a\" begins at byte 2, but \"b\" before it ends at byte 6"),
            List.of(
                tensor("b", 3, 2, 5) + "," + tensor("a", 2, 0, 2),
                "the last 1 bytes of the file belong to no tensor; \"b\" ends before them"),
            List.of("", "the last 6 bytes of the file belong to no tensor"))) {
      writeTensors("t.safetensors", "{" + mistake.get(0) + "}", 6);
      assertThat(
              Scripts.failure(
                  Scripts.config().withWorkingDirectory(folder),
                  "L = read(\"t.safetensors\")\nprint(length(L))"))
          .as(mistake.get(0))
          .hasMessageContaining("t.safetensors")
          .hasMessageContaining(mistake.get(1));
    }
  }

  @Test
  void tensorsWithoutCellsLieBetweenOthers() throws Exception {
    String header =
        "{"
            + tensor("c", 0, 6, 6)
            + ","
            + tensor("b", 4, 2, 6)
            + ","
            + tensor("none", 0, 2, 2)
            + ","
            + tensor("a", 2, 0, 2)
            + "}";
    writeTensors("t.safetensors", header, 6);
    writeHeader("empty.safetensors", "{}");
    assertThat(
            run("""
            L = read("t.safetensors")
            print(toString(names(L)))
            print(nrow(as.matrix(L["none"])) + " " + nrow(as.matrix(L["b"])))
            E = read("empty.safetensors")
            print(length(E))
            write(list(a=matrix(0, 0, 3), b=seq(1, 2), c=matrix(0, 2, 0)), "w.safetensors", format="safetensors")
            W = read("w.safetensors")
            print(length(W) + " " + nrow(as.matrix(W["a"])) + "x" + ncol(as.matrix(W["a"])) + " " + sum(as.matrix(W["b"])))
            """)
                .output())
        .endsWith("0 4\n0\n3 0x3 3.0\n");
  }

  /** Bytes as cells of a vector. */
  private static String tensor(String name, int cells, int from, int to) {
    return "\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
        .formatted(name, cells, from, to);
  }

  private void writeHeader(String name, String header) throws Exception {
    writeTensors(name, header, 0);
  }

  private void writeTensors(String name, String header, int dataBytes) throws Exception {
    byte[] text = header.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate(8 + text.length + dataBytes)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    Files.write(folder.resolve(name), bytes.putLong(text.length).put(text).array());
  }
}
