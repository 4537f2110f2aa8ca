package imagecheck

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed openjpeg/openjpeg.wasm
var openjpegWasm []byte

const (
	openjpegSHA256 = "cb031f36245b389e1f5bffc59d10eed35bb0f85d7368b46c3f0b462042ec8e9e"
	// wasmPages is the memory cap of one decode in pages of 64 KiB.
	wasmPages = 1536
	// wasmPixels is the most that a check decodes; larger photos are decoded
	// at a half, a quarter, ... of their size, which wavelets allow.
	wasmPixels = 1_500_000
)

// wasmTime is how long one decode may take. Past it there is no verdict: a
// machine under load must not turn a good photo into a bad one. Tests, which run
// beside others and ask for verdicts, lengthen it.
var wasmTime = 1700 * time.Millisecond

// ErrTime is returned when decoding took longer than it may. It is no verdict.
var ErrTime = errors.New("decoding the photo took too long")

// openjpeg is the decoder compiled once per process, at first use.
type openjpeg struct {
	runtime wazero.Runtime
	code    wazero.CompiledModule
	// slots bounds how many decodes run at once, and with it the memory.
	slots chan struct{}
}

// There are two builds of the one module. A stoppable build looks at the clock at
// every loop, which makes it four times slower (measured: 360 ms against 85 ms
// for 709 x 1063 pixels). So a codestream whose headers bound the work by
// themselves (Info.plain) goes to the fast build, any other to the stoppable one.
var (
	fastOpenJPEG      = sync.OnceValues(func() (*openjpeg, error) { return newOpenJPEG(false) })
	stoppableOpenJPEG = sync.OnceValues(func() (*openjpeg, error) { return newOpenJPEG(true) })
)

func newOpenJPEG(stoppable bool) (*openjpeg, error) {
	if sum := sha256.Sum256(openjpegWasm); hex.EncodeToString(sum[:]) != openjpegSHA256 {
		return nil, errors.New("openjpeg.wasm is not the pinned module")
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithMemoryLimitPages(wasmPages).WithCloseOnContextDone(stoppable))
	code, err := rt.CompileModule(ctx, openjpegWasm)
	if err != nil {
		return nil, fmt.Errorf("compile openjpeg.wasm: %w", err)
	}
	host := rt.NewHostModuleBuilder("a")
	for _, def := range code.ImportedFunctions() {
		_, name, _ := def.Import()
		f, ok := hostFunctions[name]
		if !ok {
			return nil, fmt.Errorf("openjpeg.wasm imports unknown %q", name)
		}
		host.NewFunctionBuilder().
			WithGoModuleFunction(f, def.ParamTypes(), def.ResultTypes()).Export(name)
	}
	if _, err := host.Instantiate(ctx); err != nil {
		return nil, fmt.Errorf("build openjpeg's imports: %w", err)
	}
	return &openjpeg{runtime: rt, code: code, slots: make(chan struct{}, 2)}, nil
}

// raster is what the decoder gives back: interleaved 8-bit samples.
type raster struct {
	width, height, components int
	pix                       []byte
}

// decodeState travels in the context from decode to the host functions.
type decodeState struct {
	want int // pixels expected
	out  *raster
	msg  string
}

type decodeKey struct{}

// decode runs the codestream through OpenJPEG in an instance of its own, at
// 1/2^reduce of its size.
func (o *openjpeg) decode(ctx context.Context, stream []byte, in *Info, reduce int) (*raster, error) {
	select {
	case o.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	type answer struct {
		out *raster
		err error
	}
	done := make(chan answer, 1)
	// The slot is held until the module has ended, also when nobody waits any
	// longer, so that at most two run at any time.
	limit, cancel := context.WithTimeout(ctx, wasmTime)
	go func() {
		defer func() { <-o.slots; cancel() }()
		out, err := o.run(ctx, limit, stream, in, reduce)
		done <- answer{out, err}
	}()
	select {
	case a := <-done:
		return a.out, a.err
	case <-limit.Done():
		// The limit also ends with the decode itself, behind its answer: of two
		// channels that are ready select takes either.
		select {
		case a := <-done:
			return a.out, a.err
		default:
			return nil, timed(ctx, limit, nil)
		}
	}
}

func (o *openjpeg) run(outer, limit context.Context, stream []byte, in *Info, reduce int) (*raster, error) {
	st := &decodeState{out: &raster{
		width:  (in.storedWidth() + 1<<reduce - 1) >> reduce,
		height: (in.storedHeight() + 1<<reduce - 1) >> reduce,
	}}
	st.want = st.out.width * st.out.height
	ctx := context.WithValue(limit, decodeKey{}, st)
	mod, err := o.runtime.InstantiateModule(ctx, o.code, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, timed(outer, ctx, err)
	}
	defer mod.Close(context.WithoutCancel(ctx))
	if _, err := mod.ExportedFunction("t").Call(ctx); err != nil {
		return nil, timed(outer, ctx, err)
	}
	res, err := mod.ExportedFunction("u").Call(ctx, uint64(len(stream)))
	if err != nil {
		return nil, timed(outer, ctx, err)
	}
	ptr := uint32(res[0])
	if ptr == 0 || !mod.Memory().Write(ptr, stream) {
		return nil, refuse("format.corrupt", "JPEG 2000")
	}
	res, err = mod.ExportedFunction("w").Call(ctx, uint64(ptr), uint64(len(stream)), uint64(in.Components), 0, 0, uint64(reduce))
	switch {
	case err != nil:
		return nil, timed(outer, ctx, err)
	case uint32(res[0]) != 0 || st.out.pix == nil:
		return nil, refuse("format.corrupt", "JPEG 2000")
	case st.msg != "":
		// OpenJPEG warns of cut or broken data and decodes on; a photo with
		// holes in it is not to be judged.
		return nil, refuse("format.corrupt", "JPEG 2000")
	}
	return st.out, nil
}

// timed tells a deadline of ours from one of the caller's and from a trap inside
// the module, which only broken data causes.
func timed(outer, inner context.Context, err error) error {
	if outer.Err() != nil {
		return outer.Err()
	}
	if inner.Err() != nil {
		return ErrTime
	}
	return &Refusal{Code: "format.corrupt", Args: []any{"JPEG 2000"}}
}

// hostFunctions are the imports of this very build of the module; the letters
// are those of pdf.worker.mjs in pdfjs-dist 5.4.149.
var hostFunctions = map[string]api.GoModuleFunc{
	"l": func(context.Context, api.Module, []uint64) { panic("abort") },
	"j": func(context.Context, api.Module, []uint64) { panic("exit") },
	"k": func(context.Context, api.Module, []uint64) {},
	"m": func(_ context.Context, _ api.Module, s []uint64) { s[0] = 0 },
	"n": func(_ context.Context, m api.Module, s []uint64) {
		want, have := uint32(s[0]), m.Memory().Size()
		s[0] = 0
		if want <= have {
			s[0] = 1
			return
		}
		// Grow by a fifth at least, as Emscripten does, within the cap.
		pages := (max(want, have+have/5) - have + 65535) >> 16
		if _, ok := m.Memory().Grow(pages); ok {
			s[0] = 1
		} else if _, ok := m.Memory().Grow((want - have + 65535) >> 16); ok {
			s[0] = 1
		}
	},
	"p": func(_ context.Context, _ api.Module, s []uint64) { s[0] = 0 },
	"q": func(_ context.Context, m api.Module, s []uint64) {
		m.Memory().WriteUint32Le(uint32(s[0]), 0)
		m.Memory().WriteUint32Le(uint32(s[1]), 0)
		s[0] = 0
	},
	"b": func(_ context.Context, _ api.Module, s []uint64) { s[0] = 52 },
	"o": func(_ context.Context, _ api.Module, s []uint64) { s[0] = 70 },
	"c": func(_ context.Context, m api.Module, s []uint64) {
		// fd_write: swallowed, but its length must be reported as written.
		var n uint32
		for i := range min(uint32(s[2]), 64) {
			l, _ := m.Memory().ReadUint32Le(uint32(s[1]) + 8*i + 4)
			n += l
		}
		m.Memory().WriteUint32Le(uint32(s[3]), n)
		s[0] = 0
	},
	"a": keepMessage,
	"d": keepMessage,
	"g": func(ctx context.Context, m api.Module, s []uint64) { planes(ctx, m, s[:1], s[1]) },
	"f": func(ctx context.Context, m api.Module, s []uint64) { planes(ctx, m, s[:3], s[3]) },
	"e": func(ctx context.Context, m api.Module, s []uint64) { planes(ctx, m, s[:4], s[4]) },
	"r": func(ctx context.Context, m api.Module, s []uint64) { planes(ctx, m, s[:1], s[1]) },
	"i": func(ctx context.Context, m api.Module, s []uint64) { planes(ctx, m, s[:1], s[2]) },
	"h": func(ctx context.Context, m api.Module, s []uint64) { planes(ctx, m, s[:3], s[3]) },
}

func keepMessage(ctx context.Context, m api.Module, s []uint64) {
	st, _ := ctx.Value(decodeKey{}).(*decodeState)
	if st == nil {
		return
	}
	b, _ := m.Memory().Read(uint32(s[0]), min(256, m.Memory().Size()-min(uint32(s[0]), m.Memory().Size())))
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	st.msg = string(b)
}

// planes copies n samples of each plane (32-bit signed) out of the module,
// clamped to a byte.
func planes(ctx context.Context, m api.Module, ptrs []uint64, n uint64) {
	st, _ := ctx.Value(decodeKey{}).(*decodeState)
	if st == nil || int(uint32(n)) != st.want {
		return
	}
	k := len(ptrs)
	pix := make([]byte, st.want*k)
	for j, p := range ptrs {
		src, ok := m.Memory().Read(uint32(p), uint32(n)*4)
		if !ok {
			return
		}
		for i := range st.want {
			pix[i*k+j] = uint8(min(max(int32(binary.LittleEndian.Uint32(src[4*i:])), 0), 255))
		}
	}
	st.out.components, st.out.pix = k, pix
}
