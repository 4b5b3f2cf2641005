package dev.reprise.runtime.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.gpu.GeneratedKernels.Language;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** PTX of fused expressions: what it calls, and that assemblers take it. */
class FusedPtxTest {
  private static final List<Spread> LEAVES =
      List.of(Spread.FULL, Spread.FULL, Spread.ROW, Spread.COLUMN, Spread.SCALAR, Spread.SCALAR);

  private static final List<LeafForm> FORMS =
      List.of(
          LeafForm.MATRIX,
          LeafForm.MATRIX,
          LeafForm.MATRIX,
          LeafForm.MATRIX,
          LeafForm.NUMBER_IN_MEMORY,
          LeafForm.NUMBER);

  private static String ptx(Precision precision, Node... nodes) {
    CellExpression expression = new CellExpression(LEAVES, List.of(nodes), null);
    return new FusedCells(expression, 5, 7).kernels(Language.PTX, precision, FORMS).text();
  }

  private static Node node(String opcode, Integer... operands) {
    return new Node(opcode, List.of(operands));
  }

  @Test
  void arithmeticNeedsNoFunctions() {
    Node[] nodes = {node("-", 0, 1), node("*", ~0, ~0), node("pmax", ~1, 5), node("<", ~2, 4)};
    for (Precision precision : Precision.values()) {
      assertThat(ptx(precision, nodes)).doesNotContain(".func").doesNotContain("fma");
    }
  }

  @Test
  void aNumberInMemoryIsADoubleInEitherPrecision() {
    for (Precision precision : Precision.values()) {
      String text = ptx(precision, node("*", 4, 0));
      assertThat(text).contains(".param .u64 leaf4").contains(".param .f64 leaf5");
      assertThat(text).contains("ld.global.f64 %d");
    }
  }

  @Test
  void aFunctionBringsWhatItNeedsAndNoMore() {
    assertThat(ptx(Precision.FP64, node("sin", 0)))
        .contains(".func  (.param .b64 func_retval0) sin_of(")
        .contains("__cudart_i2opi_d[")
        .contains("__internal_trig_reduction_slowpathd(")
        .doesNotContain(") exponential(");
    assertThat(ptx(Precision.FP64, node("exp", 0)))
        .contains(") exponential(")
        .doesNotContain("__cudart");
  }

  /** Every operation in one expression, and the loop of 16 bytes; assembled in full. */
  @Test
  void devicesFromTuringToBlackwellTakeEveryOperation() throws Exception {
    String ptxas = tool();
    assumeTrue(ptxas != null, "no ptxas here: nothing assembles the PTX");
    List<Node> nodes = new ArrayList<>();
    for (String opcode : CellKernels.opcodes()) {
      int last = nodes.isEmpty() ? 0 : ~(nodes.size() - 1);
      nodes.add(
          CellKernels.unary(opcode) != null
              ? node(opcode, last)
              : node(opcode, last, nodes.size() % 6));
    }
    nodes.add(node("ifelse", 0, ~(nodes.size() - 1), 5));
    Path folder = Files.createDirectories(Path.of("target", "ptxas").toAbsolutePath());
    for (Precision precision : Precision.values()) {
      String all = ptx(precision, nodes.toArray(Node[]::new));
      CellExpression cheap =
          new CellExpression(
              List.of(Spread.FULL, Spread.FULL, Spread.SCALAR),
              List.of(node("-", 0, 1), node("*", ~0, 2), node("pmax", ~1, 0)),
              null);
      String vectors =
          new FusedCells(cheap, 5, 7)
              .kernels(
                  Language.PTX,
                  precision,
                  List.of(LeafForm.MATRIX, LeafForm.MATRIX, LeafForm.NUMBER))
              .text();
      assertThat(vectors).contains(precision == Precision.FP64 ? ".v2.f64" : ".v4.f32");
      for (String target : List.of("sm_75", "sm_80", "sm_90", "sm_120")) {
        assemble(ptxas, target, folder, all);
        assemble(ptxas, target, folder, vectors);
      }
    }
  }

  /** Each operation by itself, and some at random, of leaves of all kinds. */
  @Test
  void devicesTakeWhateverExpressionsThereAre() throws Exception {
    String ptxas = tool();
    assumeTrue(ptxas != null, "no ptxas here: nothing assembles the PTX");
    List<String> texts = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(29);
    for (Precision precision : Precision.values()) {
      for (String opcode : CellKernels.opcodes()) {
        texts.add(
            CellKernels.unary(opcode) != null
                ? ptx(precision, node(opcode, random.nextInt(6)))
                : ptx(precision, node(opcode, random.nextInt(6), random.nextInt(6))));
      }
      for (int i = 0; i < Integer.getInteger("ptx.expressions", 24); i++) {
        texts.add(random(precision, random));
      }
    }
    Path folder = Files.createDirectories(Path.of("target", "ptxas").toAbsolutePath());
    // The assembler has one thread: as many at once as there are processors.
    try (ExecutorService processors =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<?>> assembled = new ArrayList<>();
      for (String text : texts) {
        assembled.add(
            processors.submit(() -> {
              assemble(ptxas, "sm_90", folder, text);
              return null;
            }));
      }
      for (Future<?> each : assembled) {
        each.get();
      }
    }
  }

  private static String random(Precision precision, SplittableRandom random) {
    List<String> opcodes = new ArrayList<>(CellKernels.opcodes());
    opcodes.add("ifelse");
    List<Spread> leaves = new ArrayList<>();
    List<LeafForm> forms = new ArrayList<>();
    boolean spreads = random.nextBoolean();
    for (int i = 1 + random.nextInt(32); i > 0; i--) {
      Spread spread =
          leaves.isEmpty() || random.nextInt(3) == 0
              ? Spread.FULL
              : spreads ? Spread.values()[random.nextInt(4)] : Spread.SCALAR;
      leaves.add(spread);
      forms.add(
          spread == Spread.SCALAR
              ? LeafForm.values()[random.nextInt(LeafForm.values().length)]
              : LeafForm.MATRIX);
    }
    List<Node> nodes = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      String opcode = opcodes.get(random.nextInt(opcodes.size()));
      Integer[] operands =
          new Integer[opcode.equals("ifelse") ? 3 : CellKernels.unary(opcode) != null ? 1 : 2];
      for (int o = 0; o < operands.length; o++) {
        int which = random.nextInt(leaves.size() + nodes.size());
        operands[o] = which < leaves.size() ? which : ~(which - leaves.size());
      }
      nodes.add(node(opcode, operands));
    }
    CellExpression expression = new CellExpression(leaves, nodes, null);
    assertThat(FusedCells.supports(expression)).isTrue();
    return new FusedCells(expression, 5, 7).kernels(Language.PTX, precision, forms).text();
  }

  private static void assemble(String ptxas, String target, Path folder, String text)
      throws Exception {
    Path file = Files.createTempFile(folder, "fused", ".ptx");
    try {
      Files.writeString(file, text);
      Process process =
          new ProcessBuilder(ptxas, "-arch=" + target, "-o", "/dev/null", file.toString())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", target, said).isZero();
    } finally {
      Files.delete(file);
    }
  }

  private static String tool() {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(":")).map(Path::of),
            Stream.of(Path.of("/usr/local/cuda/bin")))
        .map(folder -> folder.resolve("ptxas"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }
}
