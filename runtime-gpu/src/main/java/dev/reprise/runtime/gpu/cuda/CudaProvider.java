package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.KernelAccelerator;
import dev.reprise.runtime.gpu.NativeFolder;
import dev.reprise.runtime.gpu.StandardKernels;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.LogLevel;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Finds CUDA devices through the driver that is installed. */
public final class CudaProvider implements AcceleratorProvider {
  /** What the kernels are compiled for, and the first whose doubles and atomics they need. */
  private static final int LEAST_CAPABILITY = 75;

  private static final String DRIVER_LIBRARY =
      File.separatorChar == '/' ? "libcuda.so.1" : "nvcuda.dll";

  private static final Pattern DRIVER =
      Pattern.compile("Kernel Module\\s+(?:for \\S+\\s+)?([0-9.]+)");

  private final UnaryOperator<String> environment;

  public CudaProvider() {
    this(NativeFolder::setting);
  }

  /**
   * @param environment a variable's value by its name, or null
   */
  public CudaProvider(UnaryOperator<String> environment) {
    this.environment = environment;
  }

  @Override
  public String kind() {
    return "cuda";
  }

  /** What the driver's kernel module makes, on Linux and on Linux within Windows. */
  @Override
  public boolean mayFindGpu() {
    return File.separatorChar != '/'
        || Stream.of("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/proc/driver/nvidia/version")
            .anyMatch(place -> Files.exists(Path.of(place)));
  }

  @Override
  public Discovery discover(Path natives) {
    List<Candidate> found = new ArrayList<>();
    List<String> absences = new ArrayList<>();
    try {
      NativeFolder.during(natives, () -> JCudaDriver.setLogLevel(LogLevel.LOG_QUIET));
      int status = cuInit(0);
      if (status == CUresult.CUDA_SUCCESS) {
        addDevices(natives, found, absences);
      } else {
        absences.add("cuda: " + refusal(status));
      }
    } catch (LinkageError e) {
      absences.add("cuda: " + missing(e));
    } catch (ResourceException e) {
      absences.add("cuda: " + e.getMessage());
    }
    return new Discovery(List.copyOf(found), List.copyOf(absences));
  }

  private void addDevices(Path natives, List<Candidate> found, List<String> absences) {
    int[] count = new int[1];
    CudaStatus.check("cuda", cuDeviceGetCount(count));
    int[] version = new int[1];
    CudaStatus.check("cuda", cuDriverGetVersion(version));
    ProductLibraries libraries =
        new ProductLibraries(natives, new ToolkitSearch(environment), version[0] / 1000);
    for (int i = 0; i < count[0]; i++) {
      CUdevice device = new CUdevice();
      CudaStatus.check("cuda", cuDeviceGet(device, i));
      CudaFacts facts =
          new CudaFacts("cuda:" + found.size(), device, driver(version[0]), version[0]);
      if (facts.capability() >= LEAST_CAPABILITY) {
        found.add(new Found(facts, libraries));
      } else {
        absences.add(
            "cuda ("
                + facts.info().product()
                + "): its compute capability is "
                + facts.capability() / 10.0
                + "; the kernels need "
                + LEAST_CAPABILITY / 10.0);
      }
    }
    if (count[0] == 0) {
      absences.add("cuda: " + refusal(CUresult.CUDA_ERROR_NO_DEVICE));
    }
  }

  private static String driver(int version) {
    String text = "CUDA " + version / 1000 + "." + version % 1000 / 10;
    Path facts = Path.of("/proc/driver/nvidia/version");
    try {
      if (Files.isReadable(facts)) {
        Matcher matcher = DRIVER.matcher(Files.readString(facts));
        return matcher.find() ? text + ", driver " + matcher.group(1) : text;
      }
    } catch (IOException e) {
      // The number is for people alone.
    }
    return text;
  }

  private static String refusal(int status) {
    String name = CUresult.stringFor(status);
    return switch (status) {
      case CUresult.CUDA_ERROR_NO_DEVICE ->
          "the driver is installed and sees no GPU (" + name + "; CUDA_VISIBLE_DEVICES hides GPUs)";
      case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
          CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
          "the driver's library and its kernel module are of different versions (" + name + ")";
      case CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
          "the GPUs are not ready ("
              + name
              + "; where NVSwitch joins them, the fabric manager has to run)";
      case CUresult.CUDA_ERROR_STUB_LIBRARY ->
          "libcuda.so.1 is the toolkit's stub, not a driver (" + name + ")";
      default -> "the driver does not start (" + name + "; nvidia-smi may say more)";
    };
  }

  /**
   * The JVM says why a class cannot be used the first time; from then on it has the beginning of
   * that, which a deep stack fills. So the driver is looked for once more.
   */
  private static String missing(LinkageError e) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      text.append(cause.getMessage()).append('\n');
    }
    String all = text.toString();
    if (all.contains("libcuda.so")
        || all.contains("nvcuda")
        || !ToolkitLibrary.isLoadable(DRIVER_LIBRARY)) {
      return "no NVIDIA driver is installed: libcuda.so.1 cannot be loaded";
    }
    if (all.contains("No resource found")) {
      return "there are no natives of the bindings for this platform (they exist for Linux and"
          + " Windows on x86-64)";
    }
    return "the bindings cannot be loaded: " + e.getMessage().lines().findFirst().orElse("");
  }

  /** A device that may be opened. */
  record Found(CudaFacts facts, ProductLibraries libraries) implements Candidate {
    @Override
    public AcceleratorInfo info() {
      return facts.infoWith(libraries.expected());
    }

    @Override
    public Accelerator open() {
      return new KernelAccelerator(backend(), StandardKernels.table());
    }

    CudaBackend backend() {
      try {
        return new CudaBackend(facts, libraries);
      } catch (DeviceException e) {
        throw e;
      } catch (ResourceException e) {
        throw new DeviceException(
            facts.info().name() + " cannot be opened: " + e.getMessage(), true);
      }
    }
  }
}
