package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.KernelSources;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;

/** Modules and kernels of one context, loaded when first needed. Confined to the worker. */
final class CudaModules {
  /** Modules made at run time that are kept. */
  static final int MOST_GENERATED = 256;

  private final CudaContext context;
  private final String device;
  private final Runnable settle;
  private final int most;

  /** The one used longest ago first. */
  private final Map<GeneratedKernels, Made> generated = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<String, CUmodule> modules = new HashMap<>();
  private final Map<String, CUfunction> doubles = new HashMap<>();
  private final Map<String, CUfunction> floats = new HashMap<>();

  /**
   * @param settle waits for all launches; while some use a module it must not be unloaded
   * @param most modules made at run time that are kept
   */
  CudaModules(CudaContext context, Runnable settle, int most) {
    this.context = context;
    this.most = most;
    this.device = context.device();
    this.settle = settle;
  }

  /** A kernel by {@code file/name}. */
  CUfunction kernel(String path, Precision precision) {
    Map<String, CUfunction> known = precision == Precision.FP64 ? doubles : floats;
    CUfunction kernel = known.get(path);
    if (kernel == null) {
      int slash = path.indexOf('/');
      kernel = new CUfunction();
      CUmodule module = module(path.substring(0, slash), precision);
      int status = function(kernel, module, path.substring(slash + 1));
      if (status == CUresult.CUDA_ERROR_NOT_FOUND) {
        throw new DeviceException(
            device + " has no kernel " + path + ": run runtime-gpu/kernels-to-ptx", false);
      }
      CudaStatus.check(device, status);
      known.put(path, kernel);
    }
    return kernel;
  }

  /** The kernel of a module that was made at run time; those not used for long are forgotten. */
  CUfunction kernel(GeneratedKernels kernels, String name) {
    Made made = generated.get(kernels);
    if (made == null) {
      made = made(kernels);
      generated.put(kernels, made);
      forgetOldest();
    }
    if (made.failure != null) {
      throw made.failure;
    }
    CUfunction kernel = made.kernels.get(name);
    if (kernel == null) {
      kernel = new CUfunction();
      CudaStatus.check(device, function(kernel, made.module, name));
      made.kernels.put(name, kernel);
    }
    return kernel;
  }

  /** A driver that loads lazily loads the kernel now. */
  private int function(CUfunction kernel, CUmodule module, String name) {
    return context.alone(() -> cuModuleGetFunction(kernel, module, name));
  }

  private Made made(GeneratedKernels kernels) {
    try {
      return new Made(load("of a fused expression", kernels.text(), false), null);
    } catch (DeviceException e) {
      if (e.isLost()) {
        throw e;
      }
      return new Made(null, e);
    }
  }

  /** Counts the graphs that need a module that was made at run time. */
  void keep(GeneratedKernels kernels, boolean keep) {
    Made made = generated.get(kernels);
    if (made != null) {
      made.graphs += keep ? 1 : -1;
    }
  }

  /** Those that graphs need are left. Several at once: unloading waits for what was launched. */
  private void forgetOldest() {
    if (generated.size() <= most) {
      return;
    }
    int tooMany = generated.size() - most + most / 8;
    List<GeneratedKernels> leaving =
        generated.entrySet().stream()
            // The newest is about to be used.
            .limit(generated.size() - 1L)
            .filter(each -> each.getValue().graphs == 0)
            .limit(tooMany)
            .map(Map.Entry::getKey)
            .toList();
    if (leaving.isEmpty()) {
      return;
    }
    settle.run();
    leaving.forEach(each -> unload(generated.remove(each).module));
  }

  /** A module, or why there is none. */
  private static final class Made {
    private final CUmodule module;
    private final DeviceException failure;
    private final Map<String, CUfunction> kernels = new HashMap<>();
    private int graphs;

    Made(CUmodule module, DeviceException failure) {
      this.module = module;
      this.failure = failure;
    }
  }

  private CUmodule module(String file, Precision precision) {
    return modules.computeIfAbsent(
        file + " " + precision, key -> load(file, KernelSources.ptx(file, precision), true));
  }

  /**
   * @param isLost whether a device that refuses it is of no use
   */
  private CUmodule load(String file, String ptx, boolean isLost) {
    CUmodule module = new CUmodule();
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    int status =
        context.alone(() -> cuModuleLoadData(module, Arrays.copyOf(text, text.length + 1)));
    switch (status) {
      case CUresult.CUDA_ERROR_INVALID_PTX,
          CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
          CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
          CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND,
          CUresult.CUDA_ERROR_JIT_COMPILATION_DISABLED,
          CUresult.CUDA_ERROR_INVALID_IMAGE ->
          throw new DeviceException(
              device + " cannot compile the kernels '" + file + "': " + CUresult.stringFor(status),
              isLost);
      default -> CudaStatus.check(device, status);
    }
    return module;
  }

  /**
   * @param module null for none
   */
  private void unload(CUmodule module) {
    if (module != null) {
      context.alone(() -> cuModuleUnload(module));
    }
  }

  /** When nothing is launched any more. */
  void close() {
    modules.values().forEach(this::unload);
    generated.values().forEach(made -> unload(made.module));
    generated.clear();
    modules.clear();
    doubles.clear();
    floats.clear();
  }
}
