package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.KernelSources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The PTX in the repository is what the kernels say, and what drivers and devices take. */
class PtxTest {
  /** Fully assembled: the oldest and the newest. */
  private static final List<String> ENDS = List.of("sm_75", "sm_120");

  /** Read and checked, which takes a tenth of the time; -Dptx.assemble=all assembles these too. */
  private static final List<String> BETWEEN = List.of("80", "86", "89", "90", "100");

  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");
  private static final Pattern NAMED_KERNEL = Pattern.compile("\"([a-z_]+)/([a-z0-9_]*)\"");

  @Test
  void ptxWasMadeFromTheKernelsAsTheyAre() {
    for (String file : KernelFiles.all()) {
      for (Precision precision : Precision.values()) {
        assertThat(KernelSources.ptx(file, precision))
            .as("%s in %s: run runtime-gpu/kernels-to-ptx", file, precision)
            .startsWith(
                "// " + name(file, precision).replace('-', ' ') + " " + hash(file, precision));
      }
    }
  }

  @Test
  void ptxIsWhatTheCompilerMakes() throws Exception {
    Path script = Path.of("kernels-to-ptx").toAbsolutePath();
    String nvcc = tool("nvcc");
    assumeTrue(nvcc != null, "no nvcc here: the PTX is compared by the hash of its source only");
    String version = version(nvcc);
    String made = KernelSources.ptx(KernelFiles.all().getFirst(), Precision.FP64);
    assumeTrue(
        made.lines().findFirst().orElse("").endsWith(" nvcc " + version),
        () -> "nvcc " + version + " is not the version that made the PTX");
    Path target = Path.of("target", "ptx").toAbsolutePath();
    assertThat(run(List.of(script.toString(), target.toString()))).endsWith("\n");
    for (String file : KernelFiles.all()) {
      for (Precision precision : Precision.values()) {
        assertThat(Files.readString(target.resolve(name(file, precision) + ".ptx")))
            .isEqualTo(KernelSources.ptx(file, precision));
      }
    }
  }

  @Test
  void devicesFromTuringToBlackwellTakeThePtx() throws Exception {
    String ptxas = tool("ptxas");
    assumeTrue(ptxas != null, "no ptxas here: nothing assembles the PTX");
    boolean all = "all".equals(System.getProperty("ptx.assemble"));
    List<String> targets = new ArrayList<>(ENDS);
    BETWEEN.forEach(each -> targets.add((all ? "sm_" : "compute_") + each));
    Path folder = Files.createDirectories(Path.of("target", "ptxas").toAbsolutePath());
    // The assembler has one thread: as many at once as there are processors.
    try (ExecutorService processors =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<?>> files = new ArrayList<>();
      for (String file : KernelFiles.all()) {
        for (Precision precision : Precision.values()) {
          files.add(
              processors.submit(() -> {
                assemble(ptxas, targets, folder, file, precision);
                return null;
              }));
        }
      }
      for (Future<?> each : files) {
        each.get();
      }
    }
  }

  private static void assemble(
      String ptxas, List<String> targets, Path folder, String file, Precision precision)
      throws IOException, InterruptedException {
    String ptx = KernelSources.ptx(file, precision);
    Path text = folder.resolve(name(file, precision) + ".ptx");
    Path passed = folder.resolve(name(file, precision) + ".passed");
    // What passed once, with the same text, is not assembled again.
    String mark = sha256(ptx) + " " + targets;
    if (Files.exists(passed) && Files.readString(passed).equals(mark)) {
      return;
    }
    Files.writeString(text, ptx);
    for (String target : targets) {
      run(List.of(ptxas, "-O0", "-arch=" + target, "-o", "/dev/null", text.toString()));
    }
    Files.writeString(passed, mark);
  }

  @Test
  void everyKernelThatHostCodeNamesIsThere() throws Exception {
    Path code = Path.of("src", "main", "java");
    assumeTrue(Files.isDirectory(code), "no sources here: the names are not compared");
    Set<String> unknown = new TreeSet<>();
    int named = 0;
    List<Path> sources;
    try (Stream<Path> files = Files.walk(code)) {
      sources = files.filter(each -> each.toString().endsWith(".java")).toList();
    }
    for (Path source : sources) {
      Matcher matcher = NAMED_KERNEL.matcher(Files.readString(source));
      while (matcher.find()) {
        if (!KernelFiles.all().contains(matcher.group(1))) {
          continue;
        }
        named++;
        for (Precision precision : Precision.values()) {
          // What follows a name in the code may be put behind it.
          if (entries(matcher.group(1), precision).stream()
              .noneMatch(entry -> entry.startsWith(matcher.group(2)))) {
            unknown.add(source.getFileName() + ": " + matcher.group() + " in " + precision);
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(named).isPositive();
  }

  private static Set<String> entries(String file, Precision precision) {
    return ENTRY
        .matcher(KernelSources.ptx(file, precision))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }

  private static String name(String file, Precision precision) {
    return file + (precision == Precision.FP64 ? "-fp64" : "-fp32");
  }

  private static String hash(String file, Precision precision) {
    return sha256(KernelSources.program("cuda", file, precision));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String tool(String name) {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(":")).map(Path::of),
            Stream.of(Path.of("/usr/local/cuda/bin")))
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  private static String version(String nvcc) throws Exception {
    Matcher matcher = Pattern.compile(", V([0-9.]+)").matcher(run(List.of(nvcc, "--version")));
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  /** Fails unless the command succeeds. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
    return output;
  }
}
