package judge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// driveTime bounds each thing that a driven browser is asked to do, and each
// wait for what it should bring about.
const driveTime = time.Minute

// Browser is a Chromium that a test uses as a person does, with keys, mouse and
// files dragged in, over the DevTools protocol on a pipe.
type Browser struct {
	t      testing.TB
	to     *os.File
	from   *bufio.Reader
	lastID int
	// events that came while an answer was waited for
	events []message
}

// message is one message of the DevTools protocol.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// Drive starts a browser that ends with the test.
func Drive(t testing.TB) *Browser {
	t.Helper()
	program := Need(t, "chromium")
	// Descriptor 3 is what the browser reads, 4 what it writes.
	hisRead, ourWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourRead, hisWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, slices.Concat(ChromiumFlags(t), []string{"--remote-debugging-pipe", "--hide-scrollbars", "about:blank"})...)
	cmd.ExtraFiles = []*os.File{hisRead, hisWrite}
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatalf("start chromium: %v", err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
		_, _ = ourWrite.Close(), ourRead.Close()
	})
	_, _ = hisRead.Close(), hisWrite.Close()
	return &Browser{t: t, to: ourWrite, from: bufio.NewReaderSize(ourRead, 1<<20)}
}

// read takes the next message.
func (b *Browser) read() message {
	b.t.Helper()
	stuck := time.AfterFunc(driveTime, func() { _ = b.to.Close() }) // ends the browser, and so the read
	raw, err := b.from.ReadBytes(0)
	stuck.Stop()
	if err != nil {
		b.t.Fatalf("chromium fell silent: %v", err)
	}
	var m message
	if err := json.Unmarshal(bytes.TrimSuffix(raw, []byte{0}), &m); err != nil {
		b.t.Fatalf("chromium said %.200q: %v", raw, err)
	}
	return m
}

// call asks for something and waits for the answer; out may be nil.
func (b *Browser) call(session, method string, params map[string]any, out any) {
	b.t.Helper()
	b.lastID++
	raw, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	ask, err := json.Marshal(message{ID: b.lastID, Session: session, Method: method, Params: raw})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(ask, 0)); err != nil {
		b.t.Fatalf("tell chromium %s: %v", method, err)
	}
	for {
		m := b.read()
		if m.ID != b.lastID {
			b.events = append(b.events, m)
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("chromium: %s: %s", method, m.Error.Message)
		}
		if out != nil {
			if err := json.Unmarshal(m.Result, out); err != nil {
				b.t.Fatalf("chromium: %s: %v", method, err)
			}
		}
		return
	}
}

// wait takes the next event of this name in a tab.
func (b *Browser) wait(session, event string, out any) {
	b.t.Helper()
	for {
		for i, m := range b.events {
			if m.Method == event && m.Session == session {
				b.events = slices.Delete(b.events, i, i+1)
				if out != nil {
					if err := json.Unmarshal(m.Params, out); err != nil {
						b.t.Fatalf("chromium: %s: %v", event, err)
					}
				}
				return
			}
		}
		b.events = append(b.events, b.read())
	}
}

// forget drops the events of this name that nobody waited for.
func (b *Browser) forget(session, event string) {
	b.events = slices.DeleteFunc(b.events, func(m message) bool { return m.Session == session && m.Method == event })
}

// Tab is one page of the browser.
type Tab struct {
	b       *Browser
	session string
}

// Window is what a person looks through.
type Window struct {
	Width, Height int // CSS pixels
	NoScript      bool
}

// Open shows the page in a new tab.
func (b *Browser) Open(url string, w Window) *Tab {
	b.t.Helper()
	var target struct {
		ID string `json:"targetId"`
	}
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct {
		ID string `json:"sessionId"`
	}
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &session)
	p := &Tab{b: b, session: session.ID}
	for _, domain := range []string{"Page", "DOM", "Runtime", "Log", "Accessibility"} {
		p.do(domain+".enable", nil)
	}
	p.do("Page.setInterceptFileChooserDialog", map[string]any{"enabled": true})
	p.do("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true})
	p.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": w.Width, "height": w.Height, "deviceScaleFactor": 1, "mobile": w.Width < 600})
	p.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": w.NoScript})
	p.Leads(func() { p.do("Page.navigate", map[string]any{"url": url}) })
	return p
}

// Close ends the tab.
func (p *Tab) Close() { p.do("Page.close", nil) }

func (p *Tab) do(method string, params map[string]any) {
	p.b.t.Helper()
	p.b.call(p.session, method, params, nil)
}

// Leads does something that leads to another page and waits until that is there.
func (p *Tab) Leads(do func()) {
	p.b.t.Helper()
	p.b.forget(p.session, "Page.loadEventFired")
	do()
	p.b.wait(p.session, "Page.loadEventFired", nil)
}

// Press presses and releases a key: Tab, Shift+Tab, Enter or Space.
func (p *Tab) Press(key string) {
	p.b.t.Helper()
	down := map[string]any{"type": "keyDown"}
	name, shift := strings.CutPrefix(key, "Shift+")
	if shift {
		down["modifiers"] = 8
	}
	switch name {
	case "Tab":
		down["key"], down["code"], down["windowsVirtualKeyCode"] = "Tab", "Tab", 9
	case "Enter":
		down["key"], down["code"], down["windowsVirtualKeyCode"], down["text"] = "Enter", "Enter", 13, "\r"
	case "Space":
		down["key"], down["code"], down["windowsVirtualKeyCode"], down["text"] = " ", "Space", 32, " "
	default:
		p.b.t.Fatalf("no key %q", key)
	}
	p.do("Input.dispatchKeyEvent", down)
	delete(down, "text")
	down["type"] = "keyUp"
	p.do("Input.dispatchKeyEvent", down)
}

// Type writes into the element that has the focus.
func (p *Tab) Type(text string) {
	p.b.t.Helper()
	p.do("Input.insertText", map[string]any{"text": text})
}

// Choose does something that asks for a file and answers with this one.
func (p *Tab) Choose(file string, do func()) {
	p.b.t.Helper()
	do()
	var asked struct {
		Node int `json:"backendNodeId"`
	}
	p.b.wait(p.session, "Page.fileChooserOpened", &asked)
	p.do("DOM.setFileInputFiles", map[string]any{"files": []string{file}, "backendNodeId": asked.Node})
}

// node finds the element, by a CSS selector.
func (p *Tab) node(selector string) int {
	p.b.t.Helper()
	var root struct {
		Root struct {
			ID int `json:"nodeId"`
		} `json:"root"`
	}
	p.b.call(p.session, "DOM.getDocument", map[string]any{"depth": 0}, &root)
	var found struct {
		ID int `json:"nodeId"`
	}
	p.b.call(p.session, "DOM.querySelector", map[string]any{"nodeId": root.Root.ID, "selector": selector}, &found)
	if found.ID == 0 {
		p.b.t.Fatalf("the page has no %s", selector)
	}
	return found.ID
}

// HTML is the element as it stands now.
func (p *Tab) HTML(selector string) string {
	p.b.t.Helper()
	var out struct {
		HTML string `json:"outerHTML"`
	}
	p.b.call(p.session, "DOM.getOuterHTML", map[string]any{"nodeId": p.node(selector)}, &out)
	return out.HTML
}

// middle is where to put the mouse for the element, which is scrolled to.
func (p *Tab) middle(selector string) (x, y float64) {
	p.b.t.Helper()
	id := p.node(selector)
	p.do("DOM.scrollIntoViewIfNeeded", map[string]any{"nodeId": id})
	var box struct {
		Model struct {
			Border [8]float64 `json:"border"`
		} `json:"model"`
	}
	p.b.call(p.session, "DOM.getBoxModel", map[string]any{"nodeId": id}, &box)
	return (box.Model.Border[0] + box.Model.Border[4]) / 2, (box.Model.Border[1] + box.Model.Border[5]) / 2
}

// Click presses the left button of the mouse on the element.
func (p *Tab) Click(selector string) {
	p.b.t.Helper()
	x, y := p.middle(selector)
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		p.do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})
	}
}

// Drop drags a file from the desktop onto the element.
func (p *Tab) Drop(file, selector string) {
	p.b.t.Helper()
	x, y := p.middle(selector)
	for _, kind := range []string{"dragEnter", "dragOver", "drop"} {
		p.do("Input.dispatchDragEvent", map[string]any{"type": kind, "x": x, "y": y, "data": map[string]any{
			"items": []any{}, "files": []string{file}, "dragOperationsMask": 1,
		}})
	}
}

// Focused is what a screen reader says of the element that has the focus: its
// role and its name, empty when none has. A page that was just opened gives the
// focus when it is first drawn, which is waited for.
func (p *Tab) Focused() (role, name string) {
	p.b.t.Helper()
	const looks = 200
	for range looks {
		if role, name = p.focused(); role != "" {
			break
		}
	}
	return role, name
}

func (p *Tab) focused() (role, name string) {
	p.b.t.Helper()
	type value struct {
		Value any `json:"value"`
	}
	var tree struct {
		Nodes []struct {
			Role       value `json:"role"`
			Name       value `json:"name"`
			Properties []struct {
				Name  string `json:"name"`
				Value value  `json:"value"`
			} `json:"properties"`
		} `json:"nodes"`
	}
	p.b.call(p.session, "Accessibility.getFullAXTree", map[string]any{}, &tree)
	for _, n := range tree.Nodes {
		for _, f := range n.Properties {
			if f.Name == "focused" && f.Value.Value == true && n.Role.Value != "RootWebArea" {
				role, name = fmt.Sprint(n.Role.Value), fmt.Sprint(n.Name.Value) // the innermost comes last
			}
		}
	}
	return role, name
}

// Evaluate runs a script in the page, for a judge such as axe-core, and gives
// what its promise brings.
func (p *Tab) Evaluate(script string, out any) {
	p.b.t.Helper()
	var result struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	p.b.call(p.session, "Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &result)
	if result.Exception != nil {
		p.b.t.Fatalf("the script failed: %s", result.Exception.Text)
	}
	if out != nil {
		if err := json.Unmarshal(result.Result.Value, out); err != nil {
			p.b.t.Fatalf("the script gave %.200s: %v", result.Result.Value, err)
		}
	}
}

// Messages are the errors and warnings of the page's console since the last
// call, and what the browser itself complained of.
func (p *Tab) Messages() []string {
	var out []string
	for _, m := range p.b.events {
		switch {
		case m.Session != p.session:
		case m.Method == "Log.entryAdded", m.Method == "Runtime.exceptionThrown", m.Method == "Runtime.consoleAPICalled":
			out = append(out, string(m.Params))
		}
	}
	for _, e := range []string{"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"} {
		p.b.forget(p.session, e)
	}
	return out
}

// Screenshot is a PNG of the whole page, however long.
func (p *Tab) Screenshot() []byte {
	p.b.t.Helper()
	return p.data("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true})
}

// Print is the PDF that printing the page gives, on A4.
func (p *Tab) Print() []byte {
	p.b.t.Helper()
	return p.data("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69})
}

func (p *Tab) data(method string, params map[string]any) []byte {
	p.b.t.Helper()
	var out struct {
		Data string `json:"data"`
	}
	p.b.call(p.session, method, params, &out)
	raw, err := base64.StdEncoding.DecodeString(out.Data)
	if err != nil || len(raw) == 0 {
		p.b.t.Fatalf("chromium: %s gave nothing: %v", method, err)
	}
	return raw
}
